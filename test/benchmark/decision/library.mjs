import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { DecisionReporter } from '../../../dist/files/request/decision-reporter.js';
import { CorsEvaluator } from '../../../dist/files/request/evaluator.js';
import { CorsRequestHook } from '../../../dist/files/request/request-hook.js';
import { CorsShadow } from '../../../dist/files/logging/shadow.js';
import { DecisionLog } from '../../../dist/files/logging/decision-log.js';
import { RequestLookups } from '../../../dist/files/lookup/request-lookups.js';
import { OriginSnapshot } from '../../../dist/files/lookup/origin-snapshot.js';
import { OriginResponders } from '../../../dist/files/lookup/origin-responders.js';
import { compilePolicy } from '../../../dist/files/policy/compiled-policy.js';
import { PolicyCatalog } from '../../../dist/files/policy/policy-catalog.js';
import { createPathPolicies } from '../../../dist/files/routing/path-policies.js';
import { RequestRouter } from '../../../dist/files/routing/request-router.js';
import { createRouteMatcher } from '../../../dist/files/routing/create-route-matcher.js';

export { evaluateActual } from '../../../dist/files/decision/actual-decision.js';
export { evaluatePreflight } from '../../../dist/files/decision/preflight-decision.js';

/** The parts of the built library that are measured by themselves: what of its inside this folder knows, it knows here. */

const DAY = 86_400_000;
const nobodyIsTold = () => undefined;

/** Compiles the policy of these module options; `lookup` is what their `originLookup` names. */
export function compile(options, lookup, known = sources(1)) {
  const catalog = new PolicyCatalog(options);
  const problems = catalog.problems();
  if (problems.length > 0) {
    throw new Error(problems.map(({ message }) => message).join('\n'));
  }
  return compilePolicy(catalog.defaults, () => lookup, known.bind);
}

/** Keeps everything that it is told, so that what is measured is a cache that is warm. */
export function sources(size) {
  const { lookups } = new PolicyCatalog({
    cache: {
      ttl: DAY,
      refusalTtl: DAY,
      maxOrigins: Math.max(size, 1),
      maxRefusals: 1_000_000,
      missesPerSecond: 1_000_000,
    },
    lists: { refreshInterval: DAY },
  });
  return new OriginResponders(lookups, nobodyIsTold);
}

export async function addSnapshot(known, list) {
  const { lists } = new PolicyCatalog({ lists: { refreshInterval: DAY } }).lookups;
  const snapshot = new OriginSnapshot(list, 'origins', lists, nobodyIsTold);
  await snapshot.start();
  known.addSnapshot(list, snapshot);
}

/** The lookup calls of one request. */
export function requestLookups() {
  return new RequestLookups(nobodyIsTold);
}

/** The matcher for these routes, over the router of a real adapter that holds the same. */
export async function matcherOf(platform, routes) {
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  if (platform === 'fastify') {
    for (const { method, path } of routes) {
      adapter.getInstance().route({ method, url: path, handler: nobodyIsTold });
    }
  }
  return { adapter, matcher: await createRouteMatcher(routes, adapter, { getVersioning: nobodyIsTold }) };
}

export async function routerOf({ adapter, matcher }, routes, defaults) {
  return new RequestRouter(routes, matcher, await createPathPolicies([], adapter), defaults, () => 'localhost');
}

/** The request hook of an application with one route, whole: what `cors` and `@fastify/cors` are a middleware and a hook for. */
export async function hookOf(policy) {
  const routes = [routeTo('/cats', policy)];
  const router = await routerOf(await matcherOf('express', routes), routes, policy);
  const evaluator = new CorsEvaluator(router, { report: nobodyIsTold }, new CorsShadow());
  return new CorsRequestHook(evaluator, new DecisionReporter([new DecisionLog('off')])).receive;
}

export function routeTo(path, policy, method = 'GET') {
  return {
    method,
    path,
    policy,
    hosts: undefined,
    version: undefined,
    constraints: undefined,
    mounted: false,
    controller: class Cats {},
    methodName: 'find',
  };
}
