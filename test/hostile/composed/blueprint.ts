import fc from 'fast-check';
import { seed } from '../settings.js';
import { type PolicyName, POLICY_NAMES } from './policies.js';
import { type Writing, writing } from './writing.js';

export type ComposedAdapter = 'express' | 'fastify';

export interface HandlerBlueprint {
  readonly verb: 'Get' | 'Post' | 'Put' | 'Delete' | 'All';
  readonly path: string;
  readonly host: boolean;
  readonly policy: PolicyName;
  /** Whether another decorator puts a function of its own in the handler's place. */
  readonly wrapped: boolean;
  readonly writing: Writing;
}

/** What somebody else answers, wherever it is mounted. */
export interface OtherBlueprint {
  readonly kind: 'middleware' | 'mounted' | 'applied' | 'route' | 'route at a host';
  readonly path: string;
  readonly verb: 'get' | 'post' | 'put';
  readonly writing: Writing;
}

/** What changes a request on its way, or the objects that stand for it. */
export const CHANGES = ['method-override', 'original-url', 'prefix', 'prototype', 'raw'] as const;
export type Change = (typeof CHANGES)[number];

/** An application as data. */
export interface Blueprint {
  readonly handlers: readonly HandlerBlueprint[];
  readonly others: readonly OtherBlueprint[];
  readonly changes: readonly Change[];
  readonly entries: readonly { readonly path: string; readonly policy: PolicyName }[];
  readonly rejects: boolean;
  readonly trustsProxy: boolean;
}

/** Some paths are met by several, so that requests are. */
const HANDLER_PATHS = ['a', 'a/:id', 'a/b', 'a/:id/c', 'b', 'b/:x/c', 'Case', 'files/*'] as const;
const CATCH_ALL_PATHS = [':any', '*'] as const;
export const OTHER_PATHS = ['/other', '/mounted', '/a/extra', '/files'] as const;

/** Whether the handler takes paths that are somebody else's. */
export function isCatchAll({ path }: HandlerBlueprint): boolean {
  return (CATCH_ALL_PATHS as readonly string[]).includes(path);
}

const policy = fc.constantFrom(...POLICY_NAMES);
const seldom = fc.nat(6).map((chance) => chance === 0);

const handler: fc.Arbitrary<HandlerBlueprint> = fc.record({
  verb: fc.constantFrom('Get', 'Post', 'Put', 'Delete'),
  path: fc.constantFrom(...HANDLER_PATHS),
  host: seldom,
  policy,
  wrapped: seldom,
  writing,
});

const catchAll: fc.Arbitrary<HandlerBlueprint> = fc.record({
  verb: fc.constantFrom('Get', 'All'),
  path: fc.constantFrom(...CATCH_ALL_PATHS),
  host: fc.constant(false),
  policy,
  wrapped: fc.constant(false),
  writing,
});

const other: fc.Arbitrary<OtherBlueprint> = fc.record({
  kind: fc.constantFrom('middleware', 'mounted', 'applied', 'route', 'route at a host'),
  path: fc.constantFrom(...OTHER_PATHS),
  verb: fc.constantFrom('get', 'post', 'put'),
  writing,
});

const blueprint: fc.Arbitrary<Blueprint> = fc
  .record({
    handlers: fc.array(handler, { minLength: 3, maxLength: 9 }),
    catchAlls: fc.oneof({ arbitrary: fc.constant([]), weight: 3 }, { arbitrary: fc.tuple(catchAll), weight: 1 }),
    others: fc.array(other, { maxLength: 3 }),
    changes: fc.uniqueArray(fc.constantFrom(...CHANGES), { maxLength: 3 }),
    entries: fc.uniqueArray(fc.record({ path: fc.constantFrom(...OTHER_PATHS, '/a', '/nowhere'), policy }), {
      maxLength: 3,
      selector: ({ path }) => path,
    }),
    rejects: seldom,
    trustsProxy: seldom,
  })
  .map(({ handlers, catchAlls, others, ...rest }) => ({
    ...rest,
    handlers: without([...handlers, ...catchAlls], ({ verb, path }) => `${verb} ${path.replace(/:\w+/g, ':')}`),
    others: without(others, ({ path }) => path),
  }));

/** Without those whose key another one has had before: Fastify declares no route twice. */
function without<T>(all: readonly T[], keyOf: (one: T) => string): T[] {
  return all.filter((one, at) => all.findIndex((first) => keyOf(first) === keyOf(one)) === at);
}

/** How many applications one process runs. */
const COUNT = 40;

/** The applications of this run, the same in the process under test and in the one that judges it. */
export function blueprints(adapter: ComposedAdapter): readonly Blueprint[] {
  return fc.sample(blueprint, { seed: seed + (adapter === 'express' ? 1 : 2), numRuns: COUNT });
}
