import type { ModulesContainer } from '@nestjs/core';
import type { OriginSnapshot } from '../lookup/origin-snapshot.js';
import type { CorsEvaluator } from '../request/evaluator.js';
import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { readMethodEntries, readOverriddenEntries } from '../decorators/policy-metadata.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import type { RequestRouter } from '../routing/request-router.js';
import type { RegisteredRoute } from '../routing/route.js';
import { describeRoute } from './described-route.js';
import { type ForeignHeader, foreignHeaders } from './foreign-headers.js';
import { describeObstacle } from './lifetime-note.js';
import { straySubjects } from './stray-policies.js';
import { type UncachedPath, uncachedPaths } from './uncached-preflights.js';

/** What an audit can find. The codes are stable. */
export type CorsAuditCode =
  /** A pattern or RegExp decides who may send credentials. */
  | 'broad-origin-with-credentials'
  /** Scripts of every origin may call a route that changes state. */
  | 'state-change-open-to-all'
  /** A preflight can't tell several versions of a route apart, and their policies differ. */
  | 'shared-preflight'
  /** Longer than browsers keep a preflight: Chromium two hours, Firefox a day. */
  | 'max-age-beyond-browsers'
  /** A lookup that is never asked, since everyone is allowed. */
  | 'pointless-lookup'
  /** `enableCors()` is on as well. */
  | 'enable-cors'
  /** `@Header()` sets a CORS header, which the policy has the last word about. */
  | 'foreign-cors-header'
  /** A path whose methods have different policies, so that browsers must not cache its preflights. */
  | 'uncached-preflight'
  /** A path that is left to what serves it. */
  | 'external-path'
  /** A handler without a decorator overrides a method that has one. */
  | 'overridden-decorator'
  /** A decorator on something that HTTP requests never reach. */
  | 'policy-without-route'
  /** Rows of a list that allow nobody, because they are malformed or must not allow what they say. */
  | 'skipped-rows'
  /** A named policy that nobody uses. */
  | 'unused-policy';

/** Something that is legal, but doubtful. */
export interface CorsAuditFinding {
  readonly code: CorsAuditCode;
  /** The route, policy, class or method that it is about. */
  readonly subject: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** What an audit looks at. */
export interface AuditedApplication {
  readonly evaluator: CorsEvaluator;
  readonly registry: CorsPolicyRegistry;
  readonly modules: ModulesContainer;
  readonly lists: readonly AuditedList[];
  readonly enableCorsCalled: boolean;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'SEARCH', 'QUERY', 'PROPFIND']);
/** Chromium's bound, the lowest of the browsers that have one. */
const KEPT_BY_BROWSERS = 7200;

export function audit({
  evaluator,
  registry,
  modules,
  lists,
  enableCorsCalled,
}: AuditedApplication): CorsAuditFinding[] {
  const { router } = evaluator;
  return [
    ...[...registry.policies].flatMap(auditPolicy),
    ...openToAll(router.routes),
    ...sharedPreflights(router),
    ...uncachedPaths(evaluator).map(uncachedPreflight),
    ...unusedPolicies(registry),
    ...lists.flatMap(skippedRows),
    ...foreignHeaders(router.routes).map(foreignCorsHeader),
    ...externalPaths(registry),
    ...overriddenDecorators(registry),
    ...straySubjects(modules).map((subject): CorsAuditFinding => ({
      code: 'policy-without-route',
      subject,
      message: `The CORS decorator on ${subject} has no effect: no HTTP request is routed there.`,
      hint: 'Put it on a controller or on a handler method, or remove it. GraphQL is governed by a `paths` entry.',
    })),
    ...(enableCorsCalled ? [ENABLE_CORS] : []),
  ];
}

function uncachedPreflight({ path, method, obstacle }: UncachedPath): CorsAuditFinding {
  return {
    code: 'uncached-preflight',
    subject: path,
    message:
      `Browsers must not keep the preflights of ${method} ${path} (Access-Control-Max-Age: 0): ` +
      `${describeObstacle(obstacle)}, and a cached preflight lets ${obstacle.method} requests to the same URL through.`,
    hint: 'Give the methods of the path one policy where each preflight counts, or leave it: the only cost is a preflight per request.',
  };
}

const ENABLE_CORS: CorsAuditFinding = {
  code: 'enable-cors',
  subject: 'the application',
  message:
    'enableCors() (or the `cors` option of NestFactory.create()) is on as well. The policies of CorsModule have the last word.',
  hint: 'Remove it, and move its options to CorsModule.forRoot().',
};

function auditPolicy({ label, fields }: EffectivePolicy): CorsAuditFinding[] {
  const findings: CorsAuditFinding[] = [];
  const origin = fields.origin.value;
  if (fields.credentials.value && origin.kind === 'list') {
    const broad = origin.entries
      .map(({ value }) => value)
      .filter((value) => typeof value !== 'string' || value.includes('*'));
    if (broad.length > 0) {
      findings.push({
        code: 'broad-origin-with-credentials',
        subject: label,
        message: `${broad.map(String).join(', ')} may send credentials: whoever gets hold of one such origin acts as its visitors.`,
        hint: 'List the origins one by one, or ask a lookup.',
      });
    }
  }
  if (origin.kind === 'any' && fields.originLookup.value !== undefined) {
    findings.push({
      code: 'pointless-lookup',
      subject: label,
      message: "The lookup is never asked, because origin: '*' allows everyone.",
      hint: "Remove origin: '*' or the lookup.",
    });
  }
  if ((fields.maxAge.value ?? 0) > KEPT_BY_BROWSERS) {
    findings.push({
      code: 'max-age-beyond-browsers',
      subject: label,
      message: `maxAge ${fields.maxAge.value}: Chromium keeps a preflight for 7200 seconds at most, and what is revoked stays granted for that long.`,
      hint: 'Write 7200 or less.',
    });
  }
  return findings;
}

function openToAll(routes: readonly RegisteredRoute[]): CorsAuditFinding[] {
  return routes
    .filter(({ method, policy }) => !SAFE_METHODS.has(method) && policy.origin.kind === 'any')
    .map((route) => ({
      code: 'state-change-open-to-all',
      subject: subjectOf(route),
      message: `Scripts of every origin may call it, by ${route.policy.label}.`,
      hint: 'List the origins that may, unless the route needs no more than what the caller brings along (a token, not a cookie).',
    }));
}

function sharedPreflights(router: RequestRouter): CorsAuditFinding[] {
  const groups = new Map<string, RegisteredRoute[]>();
  for (const route of router.routes) {
    const key = `${route.method} ${route.path} ${String(route.hosts)}`;
    groups.set(key, [...(groups.get(key) ?? []), route]);
  }
  return [...groups.values()]
    .filter((group) => new Set(group.map(({ policy }) => policy)).size > 1)
    .map(([first, ...others]) => ({
      code: 'shared-preflight',
      subject: `${first?.method} ${first?.path}`,
      message: `${[first, ...others].map((route) => route && subjectOf(route)).join(' and ')} have different policies, and one preflight: it is granted when any of them grants it.`,
      hint: 'Give the versions one policy, or put the version into the path. The guard refuses unsafe requests that borrow a grant.',
    }));
}

function foreignCorsHeader({ handler, name, value, isGoverned }: ForeignHeader): CorsAuditFinding {
  return {
    code: 'foreign-cors-header',
    subject: handler,
    message: isGoverned
      ? `@Header('${name}', ${value}) has no effect: the policy of the route decides about this header.`
      : `@Header('${name}', ${value}) means nothing on a response: browsers read this header on preflights alone, which the policy answers.`,
    hint: 'Remove it, and write what is meant in @CorsPolicy().',
  };
}

function externalPaths({ catalog }: CorsPolicyRegistry): CorsAuditFinding[] {
  return catalog.paths
    .filter(({ policy }) => policy.external === true)
    .map(({ path, policy }) => ({
      code: 'external-path',
      subject: policy.label,
      message: `What serves ${path} decides about CORS by itself; nestjs-cors checks nothing there.`,
      hint: 'See to it that it does, or write a `policy` in place of `external`.',
    }));
}

function overriddenDecorators({ handlers }: CorsPolicyRegistry): CorsAuditFinding[] {
  return handlers
    .filter(
      ({ controller, methodName }) =>
        readMethodEntries(controller, methodName).length === 0 &&
        readOverriddenEntries(controller, methodName).length > 0,
    )
    .map(({ controller, methodName, policy }) => ({
      code: 'overridden-decorator',
      subject: `${controller.name}.${methodName}`,
      message: `It overrides a method that has a CORS decorator, and has none itself: ${policy.label} is its policy.`,
      hint: 'Repeat the decorator on the override, or write @CorsPolicy({}) there if the policy above is meant.',
    }));
}

function unusedPolicies({ catalog, handlers }: CorsPolicyRegistry): CorsAuditFinding[] {
  const inUse = new Set([
    catalog.defaults,
    ...catalog.paths.map(({ policy }) => policy),
    ...handlers.map(({ policy }) => policy),
  ]);
  const named = new Set(
    [...inUse]
      .flatMap(({ fields }) => Object.values(fields).map(({ definedBy }) => definedBy))
      .flatMap((level) => (level.kind === 'named' ? [`policy ${JSON.stringify(level.name)}`] : [])),
  );
  return catalog.named
    .filter((policy) => !inUse.has(policy) && !named.has(policy.label))
    .map(({ label }) => ({
      code: 'unused-policy',
      subject: label,
      message: `Nobody uses ${label}.`,
      hint: 'Remove it, or name it in @CorsPolicy() or in `paths`.',
    }));
}

function subjectOf(route: RegisteredRoute): string {
  const { method, path, versions, controller, handler } = describeRoute(route);
  return `${method} ${path}${versions === undefined ? '' : ` version ${versions.join(' ')}`} (${controller}.${handler})`;
}

/** What an audit looks at of a list. */
type AuditedList = Pick<OriginSnapshot, 'subject' | 'skipped'>;

/** Skipped rows of a list that a finding spells out. */
const MAX_NAMED_ROWS = 5;

/** The finding about a list that skipped rows; none where it skipped none. */
function skippedRows({ subject, skipped }: AuditedList): CorsAuditFinding[] {
  const { count, first } = skipped;
  const named = first
    .slice(0, MAX_NAMED_ROWS)
    .map(({ row, code, message, hint }) => `row ${row} [${code}]: ${message} ${hint}`);
  const more =
    count > named.length ? [`And ${count - named.length} more, of which CorsOriginCache.stats() names the first.`] : [];
  return count === 0
    ? []
    : [
        {
          code: 'skipped-rows',
          subject,
          message: `${count === 1 ? '1 row was skipped, and allows' : `${count} rows were skipped, and allow`} nobody. ${[...named, ...more].join(' ')}`,
          hint: 'Correct the rows in the store, or delete them.',
        },
      ];
}
