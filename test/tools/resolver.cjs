const { resolve } = require('node:path');

const lib = resolve(__dirname, '../../lib');

/** The entry points that the library's package.json has in its `exports`. */
const ENTRY_POINTS = new Map([
  ['nestjs-cors', resolve(lib, 'index.ts')],
  ...['class-validator', 'devtools', 'postgres', 'redis', 'testing', 'typeorm'].map((name) => [
    `nestjs-cors/${name}`,
    resolve(lib, 'entry-points', name, 'index.ts'),
  ]),
]);

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
