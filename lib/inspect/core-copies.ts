import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ModulesContainer } from '@nestjs/core';
import { type InstalledPackage, installedPackage, packageAround } from '../support/installed-package.js';

const CORE = '@nestjs/core';

/** The `this` value of a provider's factory: Nest's wrapper of the provider, with its module. */
interface CalledWrapper {
  readonly host?: { readonly container?: { getModules?(): unknown } };
}

/**
 * A provider that stops an application with two copies of `@nestjs/core`: Nest would find none of the classes that this
 * library injects, and would name only the first one.
 *
 * Nest calls a factory that injects nothing before it looks for what the other providers inject.
 */
export const ONE_COPY_OF_CORE = {
  provide: Symbol('nestjs-cors:one-copy-of-core'),
  useFactory(this: unknown): true {
    assertOneCopy(this, () => new Error().stack);
    return true;
  },
};

/**
 * @param wrapper what Nest calls the factory on; a value of another form is not checked
 * @param stack of the factory, whose callers are files of the application's copy
 * @throws Error when the application runs on another copy of `@nestjs/core` than this library imports
 */
export function assertOneCopy(wrapper: unknown, stack: () => string | undefined): void {
  const modules = (wrapper as CalledWrapper | undefined)?.host?.container?.getModules?.();
  if (modules === undefined || modules instanceof ModulesContainer) {
    return;
  }
  throw new Error(
    `There must be one copy of ${CORE}; got two: ${copy('the application runs on', copyInStack(stack()))}, and ` +
      `${copy('nestjs-cors imports', installedPackage(CORE))}. \`npm ls ${CORE}\` shows which package asks for which version: ` +
      'install the version that the application runs on beside nestjs-cors, then run npm dedupe.',
  );
}

function copy(whose: string, found: InstalledPackage | undefined): string {
  return `${whose} ${found === undefined ? 'one that cannot be located' : `${found.version} in ${found.folder}`}`;
}

/** The copy that the nearest caller within `@nestjs/core` belongs to. */
function copyInStack(stack = ''): InstalledPackage | undefined {
  const caller = /(?:\(|at |async )((?:file:\/\/)?[^()\n]*[\\/]@nestjs[\\/]core[\\/][^()\n]*?):\d+:\d+\)?$/m.exec(
    stack,
  )?.[1];
  if (caller === undefined) {
    return undefined;
  }
  try {
    return packageAround(realpathSync(caller.startsWith('file:') ? fileURLToPath(caller) : caller), CORE);
  } catch {
    return undefined;
  }
}
