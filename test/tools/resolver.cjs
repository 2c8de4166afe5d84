const { resolve } = require('node:path');

const packageJson = require('../../package.json');

const lib = resolve(__dirname, '../../lib');

/** The entry points that package.json names in its `exports`, each with the source that it is built from. */
const ENTRY_POINTS = new Map(
  Object.entries(packageJson.exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([name, target]) => [
      `nestjs-cors${name.slice(1)}`,
      resolve(lib, target.import.default.replace('./dist/esm/', '').replace(/\.js$/, '.ts')),
    ]),
);

/**
 * How jest finds the modules that the project's own files import: `./name.js` is the `./name.ts` that TypeScript
 * compiles to it (`./name.cjs` the `./name.cts`), and `nestjs-cors` is the source, so that tests need no build. A
 * `moduleNameMapper` would rewrite the relative imports inside node_modules as well.
 */
module.exports = function resolveFromSources(request, options) {
  if (isInstalled(options.basedir)) {
    return options.defaultResolver(request, options);
  }
  const entryPoint = ENTRY_POINTS.get(request);
  if (entryPoint !== undefined) {
    return entryPoint;
  }
  return (
    (isRelativeScript(request) && resolveTypeScript(request, options)) || options.defaultResolver(request, options)
  );
};

function resolveTypeScript(request, options) {
  try {
    return options.defaultResolver(request.replace(/\.(c?)js$/, '.$1ts'), options);
  } catch {
    return undefined;
  }
}

function isRelativeScript(request) {
  return /^\.{1,2}\/.*\.c?js$/.test(request);
}

function isInstalled(directory) {
  return /[\\/]node_modules([\\/]|$)/.test(directory);
}
