import { describe, expect, it } from '@jest/globals';
import { judged } from './equivalence.js';
import { applicationOf, controllerOf, requestFor } from './written-plans.js';

describe('routes that Fastify finds by a rewritten URL', () => {
  // The adapter checks such parameters itself, in the URL that it takes for the original one.
  const twice = [controllerOf('pairs', [{ method: 'POST', paths: [':same-:same'] }])];
  const misread = [controllerOf('places', [{ method: 'POST', paths: [':lat,:lng'] }])];

  it.each([
    ['a parameter twice', twice, '/old/pairs/1-2'],
    ['parameters that only path-to-regexp tells apart', misread, '/old/places/1,2'],
  ])('%s: one policy holds for the preflight and the request', async (_title, controllers, target) => {
    const plan = applicationOf('fastify', controllers, { fastify: { rewrites: '/old' } });
    const [observed] = await judged(plan, [requestFor('POST', target)]);
    expect(observed!.actual).toEqual(observed!.preflight);
  });

  it.each([
    ['a parameter twice', twice, '/old/pairs/1-2'],
    ['parameters that only path-to-regexp tells apart', misread, '/old/places/1,2'],
  ])('%s, with a middleware: their own policy holds', async (_title, controllers, target) => {
    const options = { fastify: { rewrites: '/old' }, answeredByMiddleware: 'elsewhere' };
    const plan = applicationOf('fastify', controllers, options);
    const [observed] = await judged(plan, [requestFor('POST', target)]);
    expect(observed).toMatchObject({ reached: 'm0c0.m0c0h0', findings: [] });
  });
});
