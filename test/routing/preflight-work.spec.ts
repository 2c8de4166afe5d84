import { All, Controller, Get, type Type, Version, VersioningType } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import findMyWay from 'find-my-way';
import { CorsPolicy } from '../../lib/index.js';
import { type AdapterName, closeRouted, routedApplication } from './routed-application.js';
import { portOf } from '../support/listening.js';

const VERSIONS = Array.from({ length: 20 }, (_, index) => String(index + 1));
const LONG = `/a/${'x%20'.repeat(3_500)}/b`;

/** A controller for the version, which serves every method of the path. */
function controllerOf(version: string, path: string): Type {
  class VersionedController {
    all() {}
  }
  const descriptor = Object.getOwnPropertyDescriptor(VersionedController.prototype, 'all')!;
  const decorators = [All(path), Version(version), CorsPolicy({ origin: `https://v${version}.example` })];
  decorators.forEach((decorate) => decorate(VersionedController.prototype, 'all', descriptor));
  Controller()(VersionedController);
  return VersionedController;
}

const adapterOf = (name: AdapterName) =>
  name === 'express'
    ? new ExpressAdapter()
    : new FastifyAdapter({ routerOptions: { maxParamLength: 100_000 } } as object);

/** How often the work searches a tree of paths for the URL, and decodes something of its size. */
function workOf(work: () => unknown): { decodings: number; searches: number } {
  const isLong = ([text]: unknown[]) => String(text).length > 10_000;
  const spies = [jest.spyOn(globalThis, 'decodeURIComponent'), jest.spyOn(globalThis, 'decodeURI')];
  const find = jest.spyOn(findMyWay.prototype as { find(method: string, path: string): unknown }, 'find');
  try {
    work();
    return {
      decodings: spies.flatMap((spy) => spy.mock.calls.filter(isLong)).length,
      searches: find.mock.calls.filter(([, path]) => path.length > 10_000).length,
    };
  } finally {
    [...spies, find].forEach((spy) => spy.mockRestore());
  }
}

afterEach(closeRouted);

describe.each<AdapterName>(['express', 'fastify'])('a preflight to a long URL with twenty versions, on %s', (name) => {
  const start = (controllers: readonly Type[]) =>
    routedApplication(name, {
      ...{ controllers, adapter: adapterOf(name) },
      configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    });

  it('path with versions: is decoded once, and searched once more to confirm', async () => {
    const { router } = await start(VERSIONS.map((version) => controllerOf(version, 'a/:x/b')));
    let found: readonly unknown[] = [];
    const { decodings, searches } = workOf(() => {
      const destinations = router.preflight('POST', LONG, { headers: {} });
      found = [destinations.candidates, destinations.all()];
    });
    expect(found.map((each) => (each as unknown[]).length)).toEqual([20, 120]);
    expect(searches).toBeLessThanOrEqual(name === 'express' ? 0 : 2);
    // Fastify's own router decodes for the confirmation.
    expect(decodings).toBeLessThanOrEqual(name === 'express' ? 1 : 2);
  });

  it('several destinations: have their parameters', async () => {
    const { router } = await start(VERSIONS.map((version) => controllerOf(version, 'a/:x/b')));
    const all = router.preflight('POST', '/a/x%20y/b', { headers: {} }).all();
    expect(new Set(all.map(({ match }) => JSON.stringify(match?.params)))).toEqual(new Set(['{"x":"x y"}']));
  });

  it('paths with other names of parameters: take no more work', async () => {
    const { router } = await start(VERSIONS.map((version) => controllerOf(version, `a/:x${version}/b`)));
    const { decodings } = workOf(() => router.preflight('POST', LONG, { headers: {} }).all());
    expect(decodings).toBeLessThanOrEqual(name === 'express' ? 1 : 2);
  });

  it('unrouted method: takes no more work', async () => {
    @Controller()
    class GetController {
      @Get('a/:x/b') @CorsPolicy({ origin: 'https://get.example' }) get() {}
    }
    const { router } = await start([GetController]);
    const { decodings } = workOf(() => router.preflight('POST', LONG, { headers: {} }));
    expect(decodings).toBeLessThanOrEqual(name === 'express' ? 1 : 2);
  });
});

describe('a request that Fastify has routed', () => {
  it('any method: is not searched for', async () => {
    const controllers = VERSIONS.map((version) => controllerOf(version, 'a/:x/b'));
    const { router, app } = await routedApplication('fastify', {
      ...{ controllers, adapter: adapterOf('fastify') },
      configure: (application) => application.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    });
    const taken: object[] = [];
    (app.getHttpAdapter() as FastifyAdapter).setOnRequestHook((request, _reply, done) => (taken.push(request), done()));
    await fetch(`http://127.0.0.1:${portOf(app)}${LONG}`, { headers: { 'x-version': '7' } });
    const work = workOf(() => {
      expect(router.actual('GET', LONG, taken[0]).match?.route.policy.label).toBe('VersionedController.all');
    });
    expect(work).toEqual({ decodings: 0, searches: 0 });
  });
});
