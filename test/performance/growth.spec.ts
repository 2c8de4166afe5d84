import { describe, expect, it } from '@jest/globals';
import type { ApplicationConfig } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { OriginList, OriginLookup } from '../../lib/options/index.js';
import { OriginIndex } from '../../lib/lookup/origin-index.js';
import { RequestLookups } from '../../lib/lookup/request-lookups.js';
import { OriginSnapshot } from '../../lib/lookup/origin-snapshot.js';
import { OriginResponders } from '../../lib/lookup/origin-responders.js';
import { type ReadRow, readRow } from '../../lib/lookup/row-reader.js';
import { parseSerializedOrigin } from '../../lib/origin/serialized-origin.js';
import { type CompiledPolicy, compilePolicy } from '../../lib/policy/compiled-policy.js';
import { PolicyCatalog } from '../../lib/policy/policy-catalog.js';
import type { ActualDecision } from '../../lib/decision/actual-decision.js';
import { evaluateActual } from '../../lib/decision/actual-decision.js';
import type { RegisteredRoute } from '../../lib/routing/route.js';
import { createRouteMatcher } from '../../lib/routing/create-route-matcher.js';
import { QueriedMatcher } from '../routing/queried-matcher.js';
import type { RouterAdapter } from '../../lib/routing/router-adapter.js';
import { policy } from '../decision/policies.js';
import { PLATFORMS, type Platform } from '../support/application.js';
import { type Operations, OperationCounter } from './operations.js';

const FEW = 20;
const MANY = 10_000;

function operationsOf<Result>(action: () => Result): readonly [Result, Operations] {
  const counter = new OperationCounter();
  counter.start();
  try {
    const result = action();
    counter.stop();
    return [result, counter.operations];
  } finally {
    counter.stop();
  }
}

const METHODS = ['GET', 'PUT'];

/** Every other path has a parameter. */
const pathOf = (index: number) => (index % 2 === 0 ? `/resource-${index}/all` : `/resource-${index}/:id`);

/** What is asked for in a table of so many paths: as far from its beginning as can be. */
const TARGETS: Readonly<Record<string, (paths: number) => string>> = {
  'a static path': (paths) => `/resource-${paths - 2}/all?page=2`,
  'a path with a parameter': (paths) => `/resource-${paths - 1}/4711`,
  'a path that no route has': (paths) => `/nothing-${paths}/4711`,
};

function routeTo(path: string, method: string): RegisteredRoute {
  return {
    method,
    path,
    policy: policy(),
    hosts: undefined,
    version: undefined,
    constraints: undefined,
    mounted: false,
    controller: class CatsController {},
    methodName: 'find',
  };
}

async function matcherOf(platform: Platform, size: number): Promise<QueriedMatcher> {
  const paths = Array.from({ length: size / METHODS.length }, (_, index) => pathOf(index));
  const routes = paths.flatMap((path) => METHODS.map((method) => routeTo(path, method)));
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  if (adapter instanceof FastifyAdapter) {
    paths.forEach((url) => {
      adapter.getInstance().route({ method: METHODS, url, handler: () => undefined });
    });
  }
  const config = { getVersioning: () => undefined } as ApplicationConfig;
  return new QueriedMatcher(await createRouteMatcher(routes, adapter as unknown as RouterAdapter, config));
}

const MATCHERS = await Promise.all(
  PLATFORMS.map(async (platform) => {
    const matchers = [FEW, MANY].map(async (size) => [size, await matcherOf(platform, size)] as const);
    return [platform, await Promise.all(matchers)] as const;
  }),
);

describe.each(MATCHERS)('route matcher (%s) › 10,000 routes', (_platform, matchers) => {
  it.each(Object.entries(TARGETS))('compared with 20 routes: performs as many operations: %s', (name, targetIn) => {
    const [few, many] = matchers.map(([size, matcher]) => {
      const url = targetIn(size / METHODS.length);
      const request = { method: 'GET', url, headers: {} };
      return operationsOf(() => [
        matcher.dispatched('GET', url, '', request).length,
        matcher.candidates('PUT', url, '').length,
        matcher.routesAt(url, '').length,
      ]);
    });
    expect(many).toEqual(few);
    expect(few?.[0].map((count) => count > 0)).toEqual(Array(3).fill(name !== 'a path that no route has'));
    expect(Object.values(few?.[1] ?? {}).some((count) => count > 0)).toBe(true);
  });
});

type Decide = (origin: string) => ActualDecision | Promise<ActualDecision>;

const listed = (index: number) => `https://app-${index}.customer.example`;
const pattern = (index: number) => `https://*.customer-${index}.example`;
const covered = (index: number) => `https://app.customer-${index}.example`;
const many = <T>(size: number, make: (index: number) => T) => Array.from({ length: size }, (_, index) => make(index));

function compiled(options: object, responders: OriginResponders): CompiledPolicy {
  const resolve = (option: unknown) => option as OriginLookup | OriginList;
  return compilePolicy(new PolicyCatalog(options).defaults, resolve, responders.bind);
}

function deciding(options: object, responders: OriginResponders): Decide {
  const effective = compiled(options, responders);
  const request = () => ({ method: 'GET', path: '/', params: {}, host: '', origin: '' });
  return (origin) => {
    const lookups = new RequestLookups(() => undefined);
    return evaluateActual(effective, 'GET', origin, (field, policyOfField, text) =>
      lookups.lookUp(field, policyOfField, text, request),
    );
  };
}

/** In milliseconds: a busy machine takes longer to fill a cache than its results are fresh by default. */
const DAY = 86_400_000;

function respondersFor(size: number): OriginResponders {
  const { lookups } = new PolicyCatalog({
    cache: { maxOrigins: size, missesPerSecond: 1_000_000, ttl: DAY, refusalTtl: DAY },
  });
  return new OriginResponders(lookups, () => undefined);
}

function listOf(origins: readonly string[]): Decide {
  return deciding({ origin: origins }, respondersFor(1));
}

async function snapshotOf(origins: readonly string[]): Promise<Decide> {
  const list: OriginList = { loadOrigins: () => origins };
  const responders = respondersFor(1);
  const snapshot = new OriginSnapshot(list, 'origins', new PolicyCatalog({}).lookups.lists, () => undefined);
  await snapshot.start();
  snapshot.stop();
  responders.addSnapshot(list, snapshot);
  return deciding({ originLookup: list }, responders);
}

async function cacheOf(origins: readonly string[], responders = respondersFor(origins.length)): Promise<Decide> {
  const allowed = new Set(origins);
  const lookup: OriginLookup = { isOriginAllowed: (origin) => Promise.resolve(allowed.has(origin)) };
  const decide = deciding({ originLookup: lookup }, responders);
  await Promise.all(['https://stranger.example', ...origins].map(decide));
  return decide;
}

describe('origin decision › policy with 10,000 entries', () => {
  it.each([
    ['a list of origins', listOf, listed, listed],
    ['a list of patterns', listOf, pattern, covered],
    ['a snapshot of origins', snapshotOf, listed, listed],
    ['a snapshot of patterns', snapshotOf, pattern, covered],
    ['a cache of answers', cacheOf, listed, listed],
  ] as const)('compared with 20 entries: performs as many operations in %s', async (_, prepare, entry, allowed) => {
    const counted = await Promise.all(
      [FEW, MANY].map(async (size) => {
        const decide = await prepare(many(size, entry));
        // Once before: indexes of patterns are made when they are needed.
        await decide(allowed(0));
        return ['https://stranger.example', allowed(size - 1)].map((origin) => {
          // The origin that was read last is known, whoever asks.
          parseSerializedOrigin('https://somebody-else.example');
          const [decision, operations] = operationsOf(() => decide(origin));
          return { refused: decision instanceof Promise ? 'a promise' : decision.refused, operations };
        });
      }),
    );
    expect(counted[1]).toEqual(counted[0]);
    expect(counted[1]?.map(({ refused }) => refused)).toEqual([true, false]);
  });
});

describe('lookup change › large cache or list', () => {
  it.each([
    { origin: listed(7), tenant: 'acme' },
    { origin: listed(7) },
    { origin: pattern(7), tenant: 'acme' },
    { tenant: 'acme' },
    {},
  ])('compared with 20 cached results: performs as many operations with 10,000: %j', async (change) => {
    const [few, lots] = await Promise.all(
      [FEW, MANY].map(async (size) => {
        const responders = respondersFor(size);
        await cacheOf(many(size, listed), responders);
        // The origin that was read last is known, whoever asks.
        parseSerializedOrigin('https://somebody-else.example');
        const [, operations] = operationsOf(() => void responders.forget(change));
        return operations;
      }),
    );
    expect(lots).toEqual(few);
  });

  it.each([
    ['an origin', listed],
    ['a pattern', pattern],
  ])('compared with a list of 20: performs as many operations in one of 10,000: %s', async (_name, entry) => {
    const [few, lots] = [FEW, MANY].map((size) => {
      const index = new OriginIndex();
      many(size, entry).forEach((text) => index.add(readRow(text, 0) as ReadRow));
      const row = readRow(entry(7), 0) as ReadRow;
      const origin = entry === pattern ? covered(7) : listed(7);
      parseSerializedOrigin('https://somebody-else.example');
      return operationsOf(() => {
        index.remove(row.text);
        const without = index.allows(origin, undefined);
        index.add(row);
        return [without, index.allows(origin, undefined)];
      });
    });
    expect(lots).toEqual(few);
    expect(few?.[0]).toEqual([false, true]);
  });
});
