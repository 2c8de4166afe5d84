import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { onePolicyOf } from './disputed-policy.js';
import type { PathDisputes } from './path-disputes.js';
import type { PathPolicies, PathPolicy } from './path-policies.js';
import { type RouteMatch, type Taker, type UrlRoutes, fixedPart } from './route.js';

/** Which policies govern a URL, where it is not one route of Nest's alone that answers. */
export class GoverningPolicies {
  /** Whether some `paths` entry leaves its path to an application that does CORS by itself. */
  readonly hasExternalPaths: boolean;

  constructor(
    private readonly paths: PathPolicies,
    private readonly defaults: CompiledPolicy,
    private readonly disputes: PathDisputes,
  ) {
    this.hasExternalPaths = paths.policies.some(({ external }) => external);
  }

  /** The policy of what Nest does not route, as far as the URL alone tells. */
  fallback(url: string): CompiledPolicy {
    const policy = this.paths.find(url)?.policy ?? this.defaults;
    return this.disputes.find(url, [policy]) ?? policy;
  }

  /** The policy where the router has no route for the request. */
  unrouted(method: string, url: string, host: string): CompiledPolicy {
    const policy = this.paths.find(url)?.policy ?? this.defaults;
    return this.disputes.find(url, [policy], { method, host }) ?? policy;
  }

  /**
   * The takers whose policies govern. Where an entry leaves the path to another library, and that may pass the request on to a
   * route of Nest's, the route governs: nothing would be enforced there otherwise.
   */
  governed(url: string, takers: readonly Taker[]): readonly Taker[] {
    if (!this.hasExternalPaths) {
      return takers;
    }
    const behind = takers.flatMap((taker) => taker.behind);
    return behind.length === 0 || this.paths.find(url)?.policy.external !== true
      ? takers
      : [...matchesOf(takers), ...behind].map((match) => ({ match, behind: [] }));
  }

  /** Whether an entry leaves the path to the application, and Nest has no route there but those that catch more. */
  isExternal(url: string, takers: readonly Taker[]): boolean {
    const entry = this.hasExternalPaths ? this.paths.find(url) : undefined;
    return (
      entry?.policy.external === true && takers.every(({ match }) => match !== undefined && catchesMore(match, entry))
    );
  }

  /** Whether an entry says who serves the methods that Nest lacks. An entry for `/` does not govern the paths of controllers. */
  isCovered(url: string, { routes }: UrlRoutes): boolean {
    const entry = this.paths.find(url);
    return entry !== undefined && (entry.path !== '/' || routes.every(({ path }) => /[*:{(]/.test(path)));
  }

  /** The policy of what may answer in the place of Nest's routes: another library's, or what an entry in front names. */
  alternative(method: string, url: string, host: string, takers: readonly Taker[]): CompiledPolicy | undefined {
    const foreign = takers.find(({ match }) => match === undefined);
    if (foreign !== undefined) {
      return this.foreignAlternative(url, takers, foreign);
    }
    const matches = takers.map(({ match }) => match as RouteMatch);
    const caught = matches.filter(({ route }) => route.path.includes('*'));
    if (caught.length === 0) {
      return undefined;
    }
    const entry = this.paths.find(url);
    const policies = policiesOf(matches);
    const governing = entry === undefined ? policies : [entry.policy, ...policies];
    const disputed = this.disputes.find(url, governing, { method, host, isCaught: true });
    if (disputed !== undefined || entry === undefined || policies.every((policy) => policy === entry.policy)) {
      return disputed;
    }
    return caught.some((match) => catchesMore(match, entry)) ? entry.policy : undefined;
  }

  /** Neither Nest nor the library enforces anything between Nest's routes and those of others: all of them have to allow. */
  private foreignAlternative(url: string, takers: readonly Taker[], { behind }: Taker): CompiledPolicy | undefined {
    const matches = matchesOf(takers);
    const governing = matches[0]?.route.policy ?? this.fallback(url);
    const [other = governing, ...others] = [
      ...(matches.length === 0 ? [] : [this.fallback(url)]),
      ...policiesOf(behind),
    ].filter((policy) => policy !== governing);
    const policy = onePolicyOf([other, ...others]);
    return policy === governing ? undefined : policy;
  }
}

/** Nest's routes among the takers. */
export function matchesOf(takers: readonly Taker[]): readonly RouteMatch[] {
  return takers.flatMap(({ match }) => match ?? []);
}

function policiesOf(matches: readonly RouteMatch[]): readonly CompiledPolicy[] {
  return matches.map(({ route }) => route.policy);
}

/** Whether the route catches everything below a path that is shorter than the entry's, which names something there. */
function catchesMore({ route: { path } }: RouteMatch, entry: PathPolicy): boolean {
  return path.includes('*') && entry.path !== '/' && entry.path.length > fixedPart(path).length;
}
