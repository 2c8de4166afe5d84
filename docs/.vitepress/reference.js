import { Comment, Converter, ReflectionKind } from 'typedoc';

/**
 * Modules of the reference are called what applications import, and not after their files.
 *
 * typedoc-plugin-missing-exports adds what exported types mention. Of that, types stay, and say that they are not exported;
 * classes and values of the implementation go.
 */
export function load(app) {
  const removed = [];
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (reflection.kindOf(ReflectionKind.Module)) {
      const entryPoint = /^entry-points\/([\w-]+)/.exec(reflection.name)?.[1];
      reflection.name = entryPoint === undefined ? 'nestjs-cors' : `nestjs-cors/${entryPoint}`;
    } else if (reflection.parent?.kindOf(ReflectionKind.Module) && !isExported(context, reflection)) {
      if (reflection.kindOf([ReflectionKind.Interface, ReflectionKind.TypeAlias])) {
        reflection.comment ??= new Comment();
        reflection.comment.summary.push({ kind: 'text', text: '\n\n_This type has no export of its own._' });
      } else {
        removed.push(reflection);
      }
    }
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    removed.forEach((reflection) => project.removeReflection(reflection));
  });
}

function isExported(context, reflection) {
  const module = context.getSymbolFromReflection(reflection.parent);
  return context.checker.getExportsOfModule(module).some(({ name }) => name === reflection.name);
}
