import {
  type ApplicationPlan,
  controllersOf,
  DEFAULT_ORIGIN,
  entryOrigin,
  everyOrigin,
  handlerName,
  handlerOrigins,
} from './application-plan.js';
import type { Answer, Connection } from './connection.js';
import { readableTarget } from '../readable-target.js';
import { type PlannedRequest, versionHeaders } from './target-arbitrary.js';

/** What became of one request: the handler that it reaches, and the origins that were granted before and with it. */
export interface Observation {
  readonly request: PlannedRequest;
  /** `Class.method`; `undefined`: no handler. */
  readonly reached: string | undefined;
  readonly status: number;
  /** Origins whose preflight of this request is granted. */
  readonly preflight: readonly string[];
  /** Origins that the response to the actual request names. */
  readonly actual: readonly string[];
  /** Origins whose actual request is answered 403. */
  readonly forbidden: readonly string[];
  /** Whether a middleware answers in the handler's place. */
  readonly isIntercepted: boolean;
  /** Whether Fastify answers the preflights itself: URLs that it calls malformed (400) or too long (414). */
  readonly isPreflightDeaf: boolean;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const STRANGER = 'https://stranger.example';

/** Headers that only the actual request has: a preflight of a browser carries none that scripts set. */
const UNKNOWN_TO_PREFLIGHTS: ReadonlySet<string> = new Set(['x-version', 'x-tier', 'accept', 'x-pass']);

/** Sends the preflights of the request by every origin, and the request as those that could be granted something. */
export async function observe(
  plan: ApplicationPlan,
  connection: Connection,
  request: PlannedRequest,
): Promise<Observation> {
  const { method, target, headers } = request;
  const origins = [...everyOrigin(plan), STRANGER];
  const announced = Object.fromEntries(Object.entries(headers).filter(([name]) => !UNKNOWN_TO_PREFLIGHTS.has(name)));
  const [discovery, ...preflights] = await connection.sendAll([
    { method, target, headers: { ...headers, 'x-pass': '1' } },
    ...origins.map((origin) => ({
      method: 'OPTIONS',
      target,
      headers: { ...announced, origin, 'access-control-request-method': method },
    })),
  ]);
  // Express answers 400 for the route whose parameter it cannot decode: the handler is found with one that it can.
  const [found] =
    plan.platform === 'express' && discovery!.status === 400
      ? await connection.sendAll([{ method, target: readableTarget(target), headers: { ...headers, 'x-pass': '1' } }])
      : [discovery];
  const reached = found!.headers['x-reached'];
  const preflight = namedBy(preflights, origins);
  const concerned = origins.filter((origin, index) => {
    const isExpected = reached !== undefined && handlerOrigins(plan).get(reached) === origin;
    return isExpected || preflight.includes(origin) || (target.length + index) % 3 === 0 || !origin.includes('//m');
  });
  const actual = await connection.sendAll(
    concerned.map((origin) => ({ method, target, headers: { ...headers, origin } })),
  );
  return {
    request,
    reached,
    status: discovery!.status,
    preflight,
    actual: namedBy(actual, concerned),
    forbidden: concerned.filter((_, index) => actual[index]!.status === 403),
    isIntercepted: actual.some((answer) => answer.headers['x-reached'] === 'middleware'),
    isPreflightDeaf: preflights.every(({ status }) => isAnsweredBeforeHooks(plan, status)),
  };
}

/**
 * Whether what an entry names may answer in front of the handler, because that one catches more: then a preflight is
 * granted only by both. Handlers are called as they stand in the plan: `m0c1.m0c1h2`.
 */
function sharesItsSay({ modules, entries }: ApplicationPlan, reached: string): boolean {
  const [, module, controller, handler] = /m(\d+)c(\d+)h(\d+)$/.exec(reached) ?? [];
  const owner = modules[Number(module)]?.controllers[Number(controller)];
  const paths = [...(owner?.paths ?? []), ...(owner?.handlers[Number(handler)]?.paths ?? [])];
  return entries.length > 0 && paths.some((path) => path.includes('*'));
}

/** The origins that the answers name, each asked by its own; another one would be a grant that nobody asked for. */
function namedBy(answers: readonly Answer[], origins: readonly string[]): string[] {
  return answers.flatMap(({ headers }, index) => {
    const named = headers['access-control-allow-origin'];
    return named === undefined ? [] : named === origins[index] ? [named] : [`${named}, asked by ${origins[index]},`];
  });
}

function isAnsweredBeforeHooks({ platform }: ApplicationPlan, status: number): boolean {
  return platform === 'fastify' && [400, 414].includes(status);
}

/**
 * What is wrong with an observation, as sentences. `reachable` gives the origins of the handlers that requests reach
 * which differ from this one in nothing but what a preflight does not tell.
 */
export async function findings(
  plan: ApplicationPlan,
  observation: Observation,
  reachable: () => Promise<ReadonlySet<string | undefined>>,
): Promise<string[]> {
  const { request, reached, status, preflight, actual, forbidden, isIntercepted, isPreflightDeaf } = observation;
  const found: string[] = [];
  const unrouted = [DEFAULT_ORIGIN, ...plan.entries.map((_, index) => entryOrigin(index))];
  const expected = reached === undefined ? undefined : handlerOrigins(plan).get(reached);
  if (reached === undefined) {
    found.push(...actual.filter((origin) => !unrouted.includes(origin)).map((origin) => `404 names ${origin}`));
  } else {
    // The router answers 400 in the place of the handler that a parameter cannot be decoded for.
    const isUndecided = status === 400 && sharesItsSay(plan, reached);
    const isForeign = (origin: string) => origin !== expected && !(isUndecided && unrouted.includes(origin));
    found.push(...actual.filter(isForeign).map((origin) => `${reached} names ${origin}`));
    if (expected !== undefined && !actual.includes(expected) && !isUndecided) {
      found.push(`${reached} does not name its own origin`);
    }
    if (expected !== undefined && !preflight.includes(expected) && !isPreflightDeaf && !sharesItsSay(plan, reached)) {
      found.push(`the preflight refuses ${expected} of ${reached}`);
    }
  }
  const excess = preflight.filter(
    (origin) => origin !== expected && !(reached === undefined && actual.includes(origin)),
  );
  const siblings =
    excess.length === 0 || isAnsweredBeforeHooks(plan, status)
      ? new Set<string | undefined>(unrouted)
      : await reachable();
  for (const origin of excess) {
    if (!siblings.has(origin)) {
      found.push(`the preflight grants ${origin}, which no such request reaches`);
    } else if (
      reached !== undefined &&
      !isIntercepted &&
      !SAFE_METHODS.has(request.method) &&
      !forbidden.includes(origin)
    ) {
      found.push(`the preflight grants ${origin}, and ${reached} runs for it`);
    }
  }
  const isOwed = (origin: string) => excess.includes(origin) && !SAFE_METHODS.has(request.method);
  found.push(...forbidden.filter((origin) => !isOwed(origin)).map((origin) => `403 for ${origin}`));
  return found;
}

/** The origins of all handlers that such a request reaches with some version, tier or port of its host. */
export async function reachableOrigins(
  plan: ApplicationPlan,
  connection: Connection,
  { method, target, headers }: PlannedRequest,
): Promise<ReadonlySet<string | undefined>> {
  const { host = '', 'x-forwarded-host': forwarded } = headers;
  const proxied = forwarded === undefined ? {} : { 'x-forwarded-host': forwarded };
  const hosts = new Set([host, 'one.example', 'two.example:8080'].filter((each) => isSameName(each, host)));
  const requests = [...hosts].flatMap((name) =>
    [undefined, '1', '2', '3', 'x'].flatMap((version) =>
      [{}, { 'x-tier': 'gold' }, { 'x-tier': 'silver' }].map((tier) => ({
        method,
        target: plan.platform === 'express' ? readableTarget(target) : target,
        headers: { host: name, ...proxied, ...tier, ...versionHeaders(plan, version), 'x-pass': '1' },
      })),
    ),
  );
  const origins = handlerOrigins(plan);
  const answers = await connection.sendAll(requests);
  return new Set([
    ...answers.flatMap((answer) => origins.get(answer.headers['x-reached'] ?? '') ?? []),
    ...originsBehindTiers(plan),
  ]);
}

/** Whether a route behind a constraint gives way to another one is up to the application's own strategy, which is not read. */
function originsBehindTiers(plan: ApplicationPlan): (string | undefined)[] {
  const origins = handlerOrigins(plan);
  return plan.modules
    .flatMap(controllersOf)
    .flatMap((controller) =>
      controller.plan.handlers.flatMap(({ constraints }, index) =>
        constraints.tier === undefined ? [] : [origins.get(`${controller.name}.${handlerName(controller, index)}`)],
      ),
    );
}

function isSameName(left: string, right: string): boolean {
  return left.split(':')[0] === right.split(':')[0];
}
