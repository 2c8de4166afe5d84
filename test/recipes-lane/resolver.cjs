const { resolve, sep } = require('node:path');
const resolveFromSources = require('../tools/resolver.cjs');

const repository = resolve(__dirname, '../..');
/** Where the recipe's `./generated` is: beside it in an application, here where a build may leave things. */
const generated = resolve(__dirname, 'dist/generated');

/** What recipes import comes from this folder, as if they were part of an application in it; all else from further up. */
module.exports = function resolveInLane(request, options) {
  if (options.basedir.startsWith(resolve(repository, 'docs/recipes') + sep)) {
    if (request.startsWith('./generated/')) {
      return resolveFromSources(request, { ...options, basedir: resolve(generated, '..') });
    }
    if (!request.startsWith('.')) {
      return resolveFromSources(request, { ...options, basedir: __dirname });
    }
  }
  return resolveFromSources(request, options);
};
