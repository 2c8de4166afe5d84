import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { ApplicationPlan, ControllerPlan, FastifyPlan, HandlerPlan } from './application-plan.js';
import type { PlannedRequest } from './target-arbitrary.js';

const [major = 0, minor = 0] = new FastifyAdapter().getInstance().version.split('.').map(Number);
/** From 5.5 on Fastify has them in an object of their own, and warns of the old place. */
const READS_ROUTER_OPTIONS = major > 5 || (major === 5 && minor >= 5);

const UNNORMALISED: FastifyPlan = {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  useSemicolonDelimiter: false,
  maxParamLength: 100,
  isNested: READS_ROUTER_OPTIONS,
  rewrites: '',
};

/** A plan that is written by hand: what it does not say is as if nobody had said it. */
export function applicationOf(
  platform: ApplicationPlan['platform'],
  controllers: readonly ControllerPlan[],
  others: Partial<Omit<ApplicationPlan, 'fastify'>> & { readonly fastify?: Partial<FastifyPlan> } = {},
): ApplicationPlan {
  return {
    platform,
    modules: [{ path: '', controllers }],
    prefix: '',
    excluded: [],
    versioning: { kind: 'none', byDefault: [], prefix: 'v' },
    entries: [],
    bySpecificity: false,
    dropsDuplicates: false,
    answeredByMiddleware: undefined,
    trustsProxy: false,
    express: { caseSensitive: false, strict: false, isSetLate: false },
    ...others,
    fastify: { ...UNNORMALISED, ...others.fastify },
  };
}

/** A controller whose handlers have an origin of their own each. */
export function controllerOf(
  path: string,
  handlers: readonly (Partial<HandlerPlan> & Pick<HandlerPlan, 'method' | 'paths'>)[],
  others: Partial<ControllerPlan> = {},
): ControllerPlan {
  return {
    paths: [path],
    hosts: [],
    versions: [],
    policy: 'none',
    isRequestScoped: false,
    hasHeir: false,
    handlers: handlers.map((handler) => ({ versions: [], policy: 'own', constraints: {}, ...handler })),
    ...others,
  };
}

export function requestFor(
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): PlannedRequest {
  return { method, target, headers: { host: 'else.example', ...headers } };
}
