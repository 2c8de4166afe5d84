import fc from 'fast-check';
import type { ApplicationPlan, ControllerPlan, HandlerPlan, PolicyPlan, VersioningPlan } from './application-plan.js';
import { fixedPathArbitrary, handlerPathArbitrary, outerPathArbitrary, rarely } from './path-arbitrary.js';

import { type PlannedRoute, routesOf } from './planned-routes.js';
import { withoutRefusedHandlers } from './refused-handlers.js';

type Platform = ApplicationPlan['platform'];

/** Whole applications for a platform, few of which Nest or the router refuses. */
export function applicationArbitrary(platform: Platform): fc.Arbitrary<ApplicationPlan> {
  return fc
    .record({
      platform: fc.constant(platform),
      modules: fc.array(
        fc.record({
          path: rarely(outerPathArbitrary(platform), ''),
          controllers: fc.array(controllerArbitrary(platform), { minLength: 1, maxLength: 3 }),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      prefix: rarely(fc.constantFrom('a', 'api', 'api/v1', '/A/', ':site', 'a;b'), ''),
      excluded: rarely(fc.array(fc.constantFrom('a', 'b', 'a/b', 'a/:x', ':x', 'b/{*rest}', '{*rest}')), []),
      versioning: rarely(versioningArbitrary(), { kind: 'none', byDefault: [], prefix: 'v' } as VersioningPlan),
      entries: rarely(fc.uniqueArray(entryArbitrary(), { maxLength: 3 }), []),
      bySpecificity: rarely(fc.boolean(), false),
      dropsDuplicates: rarely(fc.boolean(), false),
      answeredByMiddleware: rarely(fc.constantFrom('a', 'a/b', '{*all}', 'api/{*rest}', ':x', 'b/:y'), undefined),
      trustsProxy: rarely(fc.boolean(), false),
      express: fc.record({ caseSensitive: fc.boolean(), strict: fc.boolean(), isSetLate: rarely(fc.boolean(), false) }),
      fastify: fc.record({
        caseSensitive: rarely(fc.constant(false), true),
        ignoreTrailingSlash: fc.boolean(),
        ignoreDuplicateSlashes: fc.boolean(),
        useSemicolonDelimiter: fc.boolean(),
        maxParamLength: rarely(fc.constant(5), 100),
        isNested: rarely(rarely(fc.constant(false), true), true),
        rewrites: rarely(fc.constantFrom('/old', '/a'), ''),
      }),
    })
    .map(withoutRefusedHandlers)
    .map(withoutAmbiguousRewriting)
    .filter(({ modules }) =>
      modules.some(({ controllers }) => controllers.some(({ handlers }) => handlers.length > 0)),
    );
}

/**
 * Of paths that have a parameter name twice, or one that path-to-regexp reads otherwise, the adapter compares the URL before
 * `rewriteUrl`, and answers 404 with the headers of the route: a known limit (docs/how-it-works.md).
 */
function withoutAmbiguousRewriting(plan: ApplicationPlan): ApplicationPlan {
  const isAmbiguous = ({ path }: PlannedRoute) => {
    const names = path(undefined).match(/(?<!:):[a-z]\w*/g) ?? [];
    return new Set(names).size < names.length || /:\w+[@,]/.test(path(undefined));
  };
  return routesOf(plan, true).some(isAmbiguous) ? { ...plan, fastify: { ...plan.fastify, rewrites: '' } } : plan;
}

function controllerArbitrary(platform: Platform): fc.Arbitrary<ControllerPlan> {
  return fc.record({
    paths: fc.oneof(
      { weight: 4, arbitrary: fc.array(outerPathArbitrary(platform), { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(outerPathArbitrary(platform), { minLength: 2, maxLength: 2 }) },
    ),
    hosts: rarely(
      fc.array(fc.constantFrom('one.example', ':tenant.two.example', 'ONE.example', '{www.}one.example'), {
        minLength: 1,
        maxLength: 2,
      }),
      [],
    ),
    versions: rarely(versionsArbitrary(), []),
    policy: policyArbitrary(),
    isRequestScoped: rarely(fc.boolean(), false),
    hasHeir: rarely(fc.constant(true), false),
    handlers: fc.array(handlerArbitrary(platform), { minLength: 1, maxLength: 4 }),
  });
}

function handlerArbitrary(platform: Platform): fc.Arbitrary<HandlerPlan> {
  const constraints = fc.constantFrom<HandlerPlan['constraints']>(
    { host: 'one.example' },
    { host: 'two.example:8080' },
    { tier: 'gold' },
    { tier: 'silver', host: 'one.example' },
  );
  return fc.record({
    method: fc.oneof(
      { weight: 3, arbitrary: fc.constant('GET' as const) },
      { weight: 2, arbitrary: fc.constantFrom('POST', 'ALL', 'DELETE' as const) },
      { weight: 1, arbitrary: fc.constantFrom('PUT', 'PATCH', 'HEAD', 'OPTIONS', 'SEARCH' as const) },
    ),
    paths: fc.oneof(
      { weight: 5, arbitrary: fc.array(handlerPathArbitrary(platform), { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(handlerPathArbitrary(platform), { minLength: 2, maxLength: 2 }) },
    ),
    versions: rarely(rarely(versionsArbitrary(), []), []),
    policy: policyArbitrary(),
    constraints: platform === 'express' ? fc.constant({}) : rarely(rarely(constraints, {}), {}),
  });
}

/** Mostly of its own, so that the granted origin tells which policy has judged. */
function policyArbitrary(): fc.Arbitrary<PolicyPlan> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant<PolicyPlan>('own') },
    { weight: 2, arbitrary: fc.constant<PolicyPlan>('none') },
    { weight: 1, arbitrary: fc.constant<PolicyPlan>('disabled') },
  );
}

function versioningArbitrary(): fc.Arbitrary<VersioningPlan> {
  return fc.record({
    kind: fc.constantFrom('uri', 'header', 'media-type', 'custom'),
    byDefault: rarely(versionsArbitrary(), []),
    prefix: fc.constantFrom('v', 'v', 'ver-', ''),
  });
}

function versionsArbitrary(): fc.Arbitrary<string[]> {
  return fc.uniqueArray(fc.constantFrom('1', '2', '3', 'neutral'), { minLength: 1, maxLength: 2 });
}

function entryArbitrary(): fc.Arbitrary<string> {
  return fixedPathArbitrary().map((path) => `/${encodeURI(path)}`);
}
