import { Controller, RequestMapping, RequestMethod, type Type } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from '@jest/globals';
import express, { type Express, type Router } from 'express';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { CorsPolicy } from '../../../lib/index.js';
import { readableTarget } from '../readable-target.js';
import { type AdapterName, type RoutedApplication, closeRouted, routedApplication } from '../routed-application.js';
import { headerConstraint } from '../../support/header-constraint.js';

const seed = Number(process.env['ROUTING_SEED'] ?? 1);
const applications = Number(process.env['ROUTING_APPLICATIONS'] ?? 25);

interface RoutePlan {
  readonly method: 'GET' | 'POST' | 'ALL';
  readonly path: string;
}

interface ForeignPlan extends RoutePlan {
  /** Where it is mounted: in a router of its own (Express), or in a plugin (Fastify). */
  readonly mount: string | undefined;
  readonly isLate: boolean;
  readonly constraints: { readonly host?: string | RegExp; readonly tier?: string };
}

const PATHS: Record<AdapterName, readonly string[]> = {
  express: ['/a', '/a/b', '/a/:x', '/:x/b', '/a/*rest', '/{*rest}', '/A/b', '/:x', '/a{/:x}'],
  fastify: ['/a', '/a/b', '/a/:x', '/:x/b', '/a/*', '/*', '/A/b', '/:x', '/a/:x(^\\d+$)', '/a/:y-b'],
};

const TARGETS = [
  '/a',
  '/a/b',
  '/a/1',
  '/A/B',
  '/a/x-b',
  '/c/b',
  '/a/',
  '/',
  '/a/%ff',
  '/a/b/c',
  '/a/%62',
  '/c',
  '/a/%',
];

function routeArbitrary(name: AdapterName): fc.Arbitrary<RoutePlan> {
  const method = fc.constantFrom<RoutePlan['method'][]>('GET', 'GET', 'POST', 'ALL');
  return fc.record({ method, path: fc.constantFrom(...PATHS[name]) });
}

function foreignArbitrary(name: AdapterName): fc.Arbitrary<ForeignPlan> {
  const constraints = fc.constantFrom<ForeignPlan['constraints'][]>(
    {},
    {},
    { host: 'localhost' },
    { host: /^local/ },
    { tier: 'gold' },
  );
  return fc
    .record({
      route: routeArbitrary(name),
      mount: fc.constantFrom(undefined, undefined, '/a', '/c'),
      isLate: fc.boolean(),
      constraints: name === 'express' ? fc.constant({}) : constraints,
    })
    .map(({ route, ...rest }) => ({ ...route, ...rest }));
}

function controllerOf(routes: readonly RoutePlan[]): Type {
  class PlannedController {}
  routes.forEach(({ method, path }, index) => {
    const name = `nest${index}`;
    const value = { [name]: () => name }[name];
    const descriptor = { value, writable: true, configurable: true, enumerable: false };
    Object.defineProperty(PlannedController.prototype, name, descriptor);
    RequestMapping({ method: RequestMethod[method], path })(PlannedController.prototype, name, descriptor as never);
    CorsPolicy({ origin: `https://${name}.example` })(PlannedController.prototype, name, descriptor as never);
  });
  Controller()(PlannedController);
  return PlannedController;
}

function addToExpress(instance: Express, { method, path, mount }: ForeignPlan): void {
  const target: Express | Router = mount === undefined ? instance : express.Router();
  target[method.toLowerCase() as 'get'](path, (_request, response) => void response.end('foreign'));
  if (mount !== undefined) {
    instance.use(mount, target);
  }
}

function addToFastify(instance: FastifyInstance, { method, path, mount, constraints }: ForeignPlan): void {
  const add = (scope: FastifyInstance) =>
    void scope[method.toLowerCase() as 'get'](path, { constraints } as object, () => 'foreign');
  if (mount === undefined) {
    add(instance);
  } else {
    instance.register(async (scope) => add(scope), { prefix: mount });
  }
}

async function start(name: AdapterName, nest: readonly RoutePlan[], foreign: readonly ForeignPlan[]) {
  const add = (isLate: boolean) => (instance: never) =>
    foreign
      .filter((each) => each.isLate === isLate)
      .forEach((each) => (name === 'express' ? addToExpress(instance, each) : addToFastify(instance, each)));
  return routedApplication(name, {
    controllers: [controllerOf(nest)],
    before: add(false),
    // Fastify takes no routes of its root any more when it is ready.
    after: add(true),
    ...(name === 'fastify' && {
      adapter: new FastifyAdapter({ routerOptions: { constraints: { tier: headerConstraint('tier') } } } as object),
    }),
  });
}

/** Who has answered requests, and how many applications Nest or the router refused. */
interface Tally {
  nest: number;
  foreign: number;
  nobody: number;
  discarded: number;
}

/** What is wrong with what the router says of a request, by what has answered it. */
async function findings(
  name: AdapterName,
  { send, router }: RoutedApplication,
  method: string,
  target: string,
  headers: Record<string, string>,
  tally: Tally,
): Promise<string[]> {
  const { status, body, said } = await send(method, target, headers);
  if (said === undefined) {
    return []; // Fastify has answered before its hooks.
  }
  const isMalformed = name === 'express' && status === 400;
  const answered = isMalformed ? (await send(method, readableTarget(target), headers)).body : body;
  const expected = /^(?:nest\d+|foreign)$/.test(answered) ? answered : 'nobody';
  tally[expected.replace(/\d+/, '') as keyof Tally]++;
  const actual = said.match?.route.methodName ?? 'not Nest';
  const { candidates: found, alternative } = router.preflight(method, target, { headers: {} });
  const named = found.map(({ match }) => match?.route.methodName ?? 'not Nest');
  const candidates = alternative === undefined ? named : [...named, 'not Nest'];
  const all = router.preflight(method, target, { headers: {} }).all();
  const wanted = expected.startsWith('nest') ? expected : 'not Nest';
  return [
    ...(actual === wanted ? [] : [`${actual} is said to answer`]),
    ...(expected === 'nobody' || candidates.includes(wanted) ? [] : [`${candidates} are said to be candidates`]),
    ...(expected !== 'nobody' || !candidates.some((each) => each.startsWith('nest')) || 'x-tier' in headers
      ? []
      : [`${candidates} are said to be candidates`]),
    ...(expected === 'nobody' || all.some((each) => each.method === method) ? [] : ['all() leaves the method out']),
  ].map((finding) => `${method} ${target} ${JSON.stringify(headers)}: ${expected} answers, ${finding}`);
}

afterEach(closeRouted);

describe.each<AdapterName>(['express', 'fastify'])(
  `routes of Nest among others on %s, ROUTING_SEED=${seed}`,
  (name) => {
    it('any request: selects the route that the router selects', async () => {
      const tally: Tally = { nest: 0, foreign: 0, nobody: 0, discarded: 0 };
      const plans = fc.record({
        nest: fc.array(routeArbitrary(name), { minLength: 1, maxLength: 4 }),
        foreign: fc.array(foreignArbitrary(name), { minLength: 1, maxLength: 3 }),
      });
      const property = fc.asyncProperty(plans, async ({ nest, foreign }) => {
        const found: string[] = [];
        try {
          const application = await start(name, nest, foreign).catch(() => undefined);
          if (application === undefined) {
            tally.discarded++;
          }
          for (const target of application === undefined ? [] : TARGETS) {
            for (const [method, headers] of [
              ['GET', {}],
              ['POST', {}],
              ['GET', { host: 'else.example' }],
              ['GET', { 'x-tier': 'gold' }],
            ] as [string, Record<string, string>][]) {
              found.push(...(await findings(name, application!, method, target, headers, tally)));
              tally.nest++;
            }
          }
        } finally {
          await closeRouted();
        }
        expect(found).toEqual([]);
      });
      await fc.assert(property, { seed, numRuns: applications });
      // Whatever is to be told apart has to come up, or nothing would be compared.
      const { discarded, ...answered } = tally;
      expect(discarded).toBeLessThan(applications / 2);
      expect(Math.min(...Object.values(answered))).toBeGreaterThan(applications);
    }, 300_000);
  },
);
