const { sep } = require('node:path');
const resolveFromSources = require('./resolver.cjs');

/** Packages that must never come from outside the lane: a second copy would test another version than the lane claims. */
const LANE_ONLY = /^(@nestjs\/|(rxjs|reflect-metadata|express|fastify|find-my-way|path-to-regexp)(\/|$))/;

/**
 * A jest resolver for a folder that holds another NestJS version: what the library and the tests import comes from that
 * folder's node_modules first, as if the library were installed there. What only tests need is found further up.
 */
module.exports = function nestLaneResolver(lane) {
  return function resolveInLane(request, options) {
    const isPackage = !/^(\.|\/|[A-Za-z]:|node:)/.test(request) && request !== 'nestjs-cors';
    const path = resolveFromSources(
      request,
      isPackage && isOwnSource(options) ? { ...options, basedir: lane } : options,
    );
    if (LANE_ONLY.test(request) && !path.startsWith(lane + sep)) {
      throw new Error(
        `${request} resolved to ${path}, outside ${lane}: run \`npm run test:nest11\`, which installs it.`,
      );
    }
    return path;
  };
};

function isOwnSource({ basedir }) {
  return !basedir.includes(`${sep}node_modules`);
}
