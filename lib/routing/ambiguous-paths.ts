import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { commonPolicy } from './common-policy.js';
import type { PathPolicies } from './path-policies.js';
import { asPath, pathReadings } from './path-readings.js';
import { type RegisteredRoute, type RouteMatcher, isForEveryPath } from './route.js';

/** A parameter of a path pattern, by its name. */
const PARAMETER = /[:*]\w+/g;

/** A reading of a path, with the policies of its matching entries. */
interface Reading {
  readonly path: string;
  readonly entries: ReadonlySet<CompiledPolicy | undefined>;
}

/** If the router finds no route for this request, Nest's routes at other readings of its path count. */
export interface ReadRequest {
  readonly method: string;
  readonly host: string;
  /** Whether a catch-all route serves the path, so that its policy covers readings without a route and an entry. */
  readonly isCaught?: boolean;
}

/**
 * Compares the policies of all readings of a path. Static files, middleware or a proxied upstream may serve a path without a
 * controller's route, and may read it in another way than the router.
 */
export class AmbiguousPaths {
  private readonly everyPolicy: ReadonlySet<CompiledPolicy>;
  private readonly routesCount: boolean;
  /** Whether the router distinguishes letter case and some paths are not in lower case. */
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
    this.isCaseKept =
      paths.caseSensitive &&
      (paths.entries.some(hasCapital) || routes.some(({ path }) => hasCapital(path.replace(PARAMETER, ''))));
  }

  /**
   * The common policy of all readings, where a reading has another policy than the router's; `undefined` otherwise.
   * @param governing policies of the router's reading
   * @param request undefined where the router has chosen a route that is not Nest's, so that Nest's routes do not count
   */
  find(url: string, governing: readonly CompiledPolicy[], request?: ReadRequest): CompiledPolicy | undefined {
    const readings = this.countingReadings(url);
    if (readings === undefined) {
      return undefined;
    }
    if (readings === 'too many') {
      return commonPolicy(this.everyPolicy);
    }
    const found = new Set(readings.flatMap((reading) => this.policiesAt(reading, request)));
    return [...found].every((policy) => governing.includes(policy))
      ? undefined
      : commonPolicy([...governing, ...found]);
  }

  /** Whether readings of the URL's path may have other policies than its route. */
  mayConcern(url: string): boolean {
    return this.countingReadings(url) !== undefined;
  }

  private countingReadings(url: string): readonly Reading[] | 'too many' | undefined {
    const counts = this.paths.policies.length > 0 || (this.routesCount && this.matcher.isReadLoosely);
    return this.everyPolicy.size === 1 || !counts ? undefined : this.readingsOf(url);
  }

  /** Caches the last URL, because a preflight reads it for several methods. */
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
            // A route for every path does not name this path.
            .filter((route) => !isForEveryPath(route))
            .map(({ policy }) => policy)
        : [];
    const isWritten = routes.length > 0 || request?.isCaught === true;
    const entries = [...read].flatMap((policy) => (policy === undefined && isWritten ? [] : [policy ?? this.defaults]));
    return [...routes, ...entries];
  }
}

function hasCapital(path: string): boolean {
  return path !== path.toLowerCase();
}
