const { resolve } = require('node:path');

const library = resolve(__dirname, '../../lib/index.ts');

/**
 * How jest finds the modules that the project's own files import: `./name.js` is the `./name.ts` that TypeScript
 * compiles to it, and `nestjs-cors` is the source, so that tests need no build. A `moduleNameMapper` would rewrite the
 * relative imports inside node_modules as well.
 */
module.exports = function resolveFromSources(request, options) {
  if (isInstalled(options.basedir)) {
    return options.defaultResolver(request, options);
  }
  if (request === 'nestjs-cors') {
    return library;
  }
  return (
    (isRelativeScript(request) && resolveTypeScript(request, options)) || options.defaultResolver(request, options)
  );
};

function resolveTypeScript(request, options) {
  try {
    return options.defaultResolver(request.replace(/\.js$/, '.ts'), options);
  } catch {
    return undefined;
  }
}

function isRelativeScript(request) {
  return /^\.{1,2}\/.*\.js$/.test(request);
}

function isInstalled(directory) {
  return /[\\/]node_modules([\\/]|$)/.test(directory);
}
