import type { FastifyRouter } from '../routing/router-adapter.js';
import { memberOf } from '../routing/fastify/internals.js';
import { routerOptionsOf } from '../routing/fastify/router-options.js';
import type { SeenRoutes } from '../routing/fastify/seen-routes.js';
import { type PassedAdapter, type Passage, callsRequestHook, callsResponseHook } from './passage.js';

type Hooks = Readonly<
  Record<'onRequest' | 'onResponse' | 'onTimeout' | 'onRequestAbort' | 'onRoute', readonly unknown[]>
>;

/** Members of a Fastify instance that are stored under symbols. */
interface FastifyInternals {
  readonly state: { readonly started: boolean; readonly closing: boolean };
  readonly options: Readonly<Record<string, unknown>>;
  readonly hooks: Hooks;
  readonly children: readonly object[];
}

/** A route of Fastify, Nest's where it has a registration. */
export interface PassedRoute {
  readonly methods: readonly string[];
  readonly registration: unknown;
}

/** A path that Fastify's routers read literally. They decode others, and answer some by themselves. */
const PLAIN_TARGET = /^\/[!"$&->@-~]*(?:\?[!-~]*)?$/;
const PLAIN_TARGET_OF_ROUTE = /^\/[!"$&->@-~]*$/;

/** The way through an instance of Fastify. The adapter's `onRequest` hook has to be the first. */
export class FastifyPassage implements Passage {
  /** Fastify puts nothing on responses before its hooks. */
  readonly headers = [];
  private readonly state: FastifyInternals['state'];
  /** Undefined until Fastify has started, because hooks and routes may be added until then. */
  private isKnown: boolean | undefined;
  private target = PLAIN_TARGET;
  private longest = Infinity;

  private constructor(
    private readonly adapter: PassedAdapter,
    private readonly instance: object,
    private readonly internals: FastifyInternals,
    private readonly routes: readonly PassedRoute[],
  ) {
    this.state = internals.state;
  }

  /**
   * @param routes every route of the instance; the list grows until Fastify has started
   * @returns `undefined` for an instance with other internals, or with routes that cannot be read
   */
  static of(adapter: PassedAdapter, routes: Pick<SeenRoutes, 'all' | 'holdsUnseen'>): FastifyPassage | undefined {
    const instance = adapter.getInstance() as object;
    const internals = routes.holdsUnseen ? undefined : internalsOf(instance);
    return internals && new FastifyPassage(adapter, instance, internals, routes.all);
  }

  watched(): void {
    // The library's own hooks are those of the adapter.
  }

  isClear(url: string): boolean {
    const { adapter, state } = this;
    return (
      state.started &&
      !state.closing &&
      adapter.onResponseHook === undefined &&
      adapter.isShuttingDown !== true &&
      (this.isKnown ??= this.read()) &&
      url.length <= this.longest &&
      this.target.test(url)
    );
  }

  /** Whether nothing sees preflights before the adapter's hook, or their answers afterwards. */
  private read(): boolean {
    const { internals, instance } = this;
    const serving = this.routes.filter(({ methods }) => methods.includes('OPTIONS'));
    if (serving.length > 0) {
      // Fastify answers 414 to a longer parameter, and calls its parser for a query.
      this.target = PLAIN_TARGET_OF_ROUTE;
      this.longest = routerOptionsOf(instance as FastifyRouter).maxParamLength;
    }
    // The hooks of single routes are unknown. Others could have added them to routes of Nest.
    const haveOwnHooks =
      serving.some(({ registration }) => registration === undefined) || internals.hooks.onRoute.length > 1;
    return (
      (serving.length === 0 || !haveOwnHooks) && hasNoObserver(instance, internals.options) && areHooksClear(instance)
    );
  }
}

/** Whether no option of the instance makes something see a request before its hooks run. */
function hasNoObserver(instance: object, options: FastifyInternals['options']): boolean {
  const { log, genReqId, childLoggerFactory } = instance as {
    readonly log?: Readonly<Record<string, unknown>>;
    readonly genReqId?: { readonly name: string };
    readonly childLoggerFactory?: { readonly name: string };
  };
  return (
    options['rewriteUrl'] === undefined &&
    // A timer may end the response while a lookup is under way.
    !options['handlerTimeout'] &&
    options['logController'] === undefined &&
    // Fastify logs every request unless it has no logger. Then all methods of its logger are one function.
    new Set(['fatal', 'error', 'warn', 'info', 'debug', 'trace'].map((level) => log?.[level])).size === 1 &&
    genReqId?.name === 'defaultGenReqId' &&
    childLoggerFactory?.name === 'defaultChildLoggerFactory'
  );
}

/** Whether a preflight reaches the adapter's hook first, before other hooks of the instance and of those below it. */
function areHooksClear(instance: object): boolean {
  const internals = internalsOf(instance);
  if (internals === undefined) {
    return false;
  }
  const { onRequest, onResponse, onTimeout, onRequestAbort } = internals.hooks;
  return (
    callsRequestHook(onRequest[0]) &&
    onResponse.every(callsResponseHook) &&
    onTimeout.length === 0 &&
    onRequestAbort.length === 0 &&
    internals.children.every(areHooksClear)
  );
}

function internalsOf(instance: object): FastifyInternals | undefined {
  const found = {
    state: memberOf(instance, 'fastify.state'),
    options: memberOf(instance, 'fastify.options'),
    hooks: memberOf(instance, 'fastify.hooks'),
    children: memberOf(instance, 'fastify.children'),
  };
  return Object.values(found).every((each) => typeof each === 'object' && each !== null)
    ? (found as unknown as FastifyInternals)
    : undefined;
}
