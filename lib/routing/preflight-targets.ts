import { METHODS } from 'node:http';
import { FixedPaths } from './fixed-paths.js';
import type { RequestRouter } from './request-router.js';
import type { Route, RouteMatch } from './route.js';

const METHOD_NAMES: ReadonlySet<string> = new Set(METHODS);

/** What was found for one request target. */
interface KnownTarget {
  readonly candidates: Map<string, readonly RouteMatch[]>;
  routes: readonly Route[] | undefined;
}

/**
 * The routes that preflights are judged by. What a router finds for a target hangs on nothing else, so that it is asked
 * once for each of the targets that are the very path of a route, and remembers no more than that, whoever asks. Where
 * routes are chosen by host nothing is remembered.
 *
 * For requests that were sent: before the application listens, Fastify's router may not have all its routes.
 */
export class PreflightTargets {
  private readonly targets: FixedPaths<KnownTarget>;

  constructor(private readonly router: RequestRouter) {
    const routes = router.readsHost ? [] : router.routes;
    this.targets = new FixedPaths(routes, () => ({ candidates: new Map(), routes: undefined }));
  }

  /** As {@link RequestRouter.candidates}. */
  candidates(method: string, url: string, request: unknown): readonly RouteMatch[] {
    const target = this.targets.at(url);
    if (target === undefined || !METHOD_NAMES.has(method)) {
      return this.router.candidates(method, url, request);
    }
    let found = target.candidates.get(method);
    if (found === undefined) {
      found = this.router.candidates(method, url, request);
      target.candidates.set(method, found);
    }
    return found;
  }

  /** As {@link RequestRouter.routesAt}. */
  routesAt(url: string, request: unknown): readonly Route[] {
    const target = this.targets.at(url);
    if (target === undefined) {
      return this.router.routesAt(url, request);
    }
    return (target.routes ??= this.router.routesAt(url, request));
  }
}
