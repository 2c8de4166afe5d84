import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { disputedPolicy } from './disputed-policy.js';
import type { PathPolicies } from './path-policies.js';
import { asPath, pathReadings } from './path-readings.js';
import { type RegisteredRoute, type RouteMatcher, isForEveryPath } from './route.js';

/** A parameter of a path pattern, by its name. */
const PARAMETER = /[:*]\w+/g;

/** A reading of a path, with the policies of the entries that cover it. */
interface Reading {
  readonly path: string;
  readonly entries: ReadonlySet<CompiledPolicy | undefined>;
}

/** The request whose routes of Nest's count at a reading of its path. */
export interface ReadRequest {
  readonly method: string;
  readonly host: string;
  /** Whether a catch-all route serves the path: then a reading that nothing is written for has the route's policy. */
  readonly isCaught?: boolean;
}

/**
 * Compares the policies that the readings of a path have. What serves a path that the router gives to no route of a
 * controller (static files, a mounted application, a proxied upstream, middleware) may read it otherwise than the router.
 */
export class PathDisputes {
  private readonly everyPolicy: ReadonlySet<CompiledPolicy>;
  private readonly routesCount: boolean;
  /** Whether the router tells paths apart by letter case, and some are not in lower case. */
  private readonly isCaseKept: boolean;
  private last: { readonly url: string; readonly readings: readonly Reading[] | 'too many' | undefined } | undefined;

  constructor(
    private readonly paths: PathPolicies,
    private readonly defaults: CompiledPolicy,
    routes: readonly RegisteredRoute[],
    private readonly matcher: Pick<RouteMatcher, 'loosely' | 'isReadLoosely'>,
  ) {
    this.everyPolicy = new Set([defaults, ...paths.policies, ...routes.map(({ policy }) => policy)]);
    this.routesCount = routes.some(({ policy }) => policy !== defaults);
    const written = [...paths.entries, ...routes.map(({ path }) => path.replace(PARAMETER, ''))];
    this.isCaseKept = paths.caseSensitive && written.some((path) => path !== path.toLowerCase());
  }

  /**
   * The policy of a dispute, where some reading of the URL's path has another policy than the router's reading.
   * @param governing policies by the router's reading
   * @param request undefined where routes do not count, because the router has chosen one that is not Nest's
   */
  find(url: string, governing: readonly CompiledPolicy[], request?: ReadRequest): CompiledPolicy | undefined {
    const readings = this.countingReadings(url);
    if (readings === undefined) {
      return undefined;
    }
    if (readings === 'too many') {
      return disputedPolicy(this.everyPolicy);
    }
    const found = new Set(readings.flatMap((reading) => this.policiesAt(reading, request)));
    return [...found].every((policy) => governing.includes(policy))
      ? undefined
      : disputedPolicy([...governing, ...found]);
  }

  /** Whether the URL's path has readings that may have other policies: then these decide, besides the routes. */
  mayConcern(url: string): boolean {
    return this.countingReadings(url) !== undefined;
  }

  private countingReadings(url: string): readonly Reading[] | 'too many' | undefined {
    const counts = this.paths.policies.length > 0 || (this.routesCount && this.matcher.isReadLoosely);
    return this.everyPolicy.size === 1 || !counts ? undefined : this.readingsOf(url);
  }

  /** A preflight asks about one URL for several methods: its readings are made once. */
  private readingsOf(url: string): readonly Reading[] | 'too many' | undefined {
    if (this.last?.url !== url) {
      const readings = pathReadings(url, this.isCaseKept);
      const made = [...(readings?.paths ?? [])].map((path) => ({ path, entries: this.paths.read(path) }));
      this.last = { url, readings: readings?.isComplete === false ? 'too many' : readings && made };
    }
    return this.last.readings;
  }

  private policiesAt({ path, entries: read }: Reading, request: ReadRequest | undefined): CompiledPolicy[] {
    const routes =
      request !== undefined && this.routesCount
        ? this.matcher
            .loosely(request.method, asPath(path), request.host)
            // A route for every path tells nothing of this one.
            .filter((route) => !isForEveryPath(route))
            .map(({ policy }) => policy)
        : [];
    const isWritten = routes.length > 0 || request?.isCaught === true;
    const entries = [...read].flatMap((policy) => (policy === undefined && isWritten ? [] : [policy ?? this.defaults]));
    return [...routes, ...entries];
  }
}
