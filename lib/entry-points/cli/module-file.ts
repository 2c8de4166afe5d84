import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from './input-error.js';
import { readNestProject } from './nest-project.js';

/** Both are in every bundle, and in no output of a compiler. */
const BUNDLE = /\b__webpack_(?:require|modules|exports)__\b|\b__rspack_context\b/;
const CREATES = /\bNestFactory\b[^;]{0,40}\.create(?:Microservice|ApplicationContext)?\(/;
/** Anything but `export {};`, which TypeScript writes where a file exports nothing. */
const EXPORTS = /\bexports\.\w+\s*=|\bmodule\.exports\b|^export\b(?! *\{ *\})/m;
const LISTENS = /\.listen\(|\.startAllMicroservices\(/;

/**
 * The module to boot where `--module` names none.
 * @throws InputError where no build of it is found
 */
export function defaultModule(cwd: string): string {
  const { moduleFiles, isBundled } = readNestProject(cwd);
  const found = moduleFiles.find((file) => existsSync(join(cwd, file)));
  if (found !== undefined) {
    return found;
  }
  const hint = 'Say which module to boot: --module dist/app.module.js#AppModule';
  if (isBundled) {
    throw new InputError(
      `nest-cli.json has the application built into one file, which exports no module and would listen when it is loaded. ${UNBUNDLED}`,
    );
  }
  const [first = ''] = moduleFiles;
  throw new InputError(
    `There is no ${first}, which nest-cli.json and package.json lead to: build the application. ${hint}`,
  );
}

const UNBUNDLED =
  'Build it once more with a file per module, into a folder of its own: npx tsc -p tsconfig.json --outDir dist-cors. Then name its app.module.js with --module.';

/**
 * Refuses a file that starts the application when it is loaded, so that nothing listens.
 * @throws InputError where the file is a bundle, or what main.ts was compiled to
 */
export function assertLoadsOnly(written: string, file: string): void {
  const text = readFileSync(file, 'utf8');
  if (BUNDLE.test(text)) {
    throw new InputError(
      `${written} is a bundle of webpack: it exports no module, and would start the application when it is loaded, so it has not been loaded. ${UNBUNDLED}`,
    );
  }
  if (CREATES.test(text) && LISTENS.test(text) && !EXPORTS.test(text)) {
    const folder = dirname(written);
    throw new InputError(
      `${written} creates an application and listens when it is loaded, so it has not been loaded. Name the file of the module: --module ${folder === '.' ? '' : `${folder}/`}app.module.js#AppModule`,
    );
  }
}
