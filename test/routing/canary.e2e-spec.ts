import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { INestApplication } from '@nestjs/common';
import { hasAmbiguousPath } from '../../lib/routing/request-target.js';
import { disagreements } from './agreement.js';
import { kitchenSink, nestMethods } from './kitchen-sink.js';
import { nastyTargets, pathPieces, targetEdits } from './nasty-targets.js';
import {
  type AdapterName,
  closeApplications,
  type ObservedApplication,
  observe,
  type ObservedOptions,
} from './observed-application.js';
import { expressRegistrations, fastifyRegistrationLog, tableAsRegistered } from './registered-routes.js';

const strict: Record<AdapterName, ObservedOptions> = {
  express: {
    instance: (adapter) => {
      const { set } = adapter as unknown as { set(name: string, value: boolean): void };
      set.call(adapter, 'case sensitive routing', true);
      set.call(adapter, 'strict routing', true);
    },
  },
  fastify: { adapterOptions: { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: 40 } },
};

const variants: [string, (name: AdapterName) => ObservedOptions][] = [
  ['with the defaults of the router', () => ({})],
  ['with the router set the other way', (name) => strict[name]],
  [
    'under a global prefix with exclusions',
    () => ({
      configure: (app: INestApplication) =>
        app.setGlobalPrefix('api', { exclude: ['healthz', { path: 'cats/:id', method: 0 }, 'dogs/{*rest}'] }),
    }),
  ],
];

describe.each<AdapterName>(['express', 'fastify'])('the route table on %s', (name) => {
  describe.each(variants)('%s', (_title, optionsOf) => {
    let observed: ObservedApplication;
    const registered = fastifyRegistrationLog();

    beforeAll(async () => {
      const options = optionsOf(name);
      observed = await observe(name, kitchenSink(name), {
        ...options,
        instance: (adapter) => {
          options.instance?.(adapter);
          registered.listen(adapter);
        },
      });
    });
    afterAll(closeApplications);

    it('routes of Nest: are in the order in which Nest registers them with the adapter', () => {
      expect(tableAsRegistered(observed)).toEqual(
        name === 'express' ? expressRegistrations(observed) : registered.all(),
      );
    });

    it.each(['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE'])(
      'request %s: finds the handler that it reaches',
      async (method) => {
        const requests = nastyTargets.map((target) => [method, target] as const);
        expect(await disagreements(observed, requests)).toEqual([]);
      },
    );

    it('any method that Nest can route: finds its handler', async () => {
      const paths = [...nestMethods.map((method) => `/methods/${method.toLowerCase()}`), '/cats/any', '/all/1'];
      const requests = nestMethods.flatMap((method) => paths.map((path) => [method, path] as const));
      expect(await disagreements(observed, requests)).toEqual([]);
    });

    it('host: finds the handler for it', async () => {
      const hosts = ['one.example', 'ONE.example', 'one.example:80', 'two.example', 't12.test', 'x.t12.test', 'else'];
      const targets = ['/hosted', '/hosted/', '/hosted/only-one', '/hosted/else', '/named-host'];
      const requests = hosts.flatMap((host) => targets.map((target) => ['GET', target, { host }] as const));
      expect(await disagreements(observed, requests)).toEqual([]);
    });

    it('generated paths: agrees with the router', async () => {
      const fresh = fc.array(fc.constantFrom(...pathPieces), { minLength: 1, maxLength: 7 });
      const base = fc.oneof(
        fc.constantFrom(...nastyTargets),
        fresh.map((pieces) => `/${pieces.join('')}`),
      );
      const edits = fc.array(fc.tuple(fc.constantFrom(...targetEdits), fc.nat(40)), { maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(fc.constantFrom('', '', '/api'), base, edits, async (prefix, target, changes) => {
          const edited = changes.reduce((text, [edit, position]) => edit(text, position % (text.length + 1)), target);
          fc.pre(!hasAmbiguousPath(edited)); // test/routing/request-target.spec.ts
          expect(await disagreements(observed, [['GET', `${prefix}${edited}`]])).toEqual([]);
        }),
        { numRuns: 400 },
      );
    });
  });
});
