import type { CompiledPolicy } from '../policy/compiled-policy.js';
import { commonPolicy } from './common-policy.js';
import type { AmbiguousPaths, ReadRequest } from './ambiguous-paths.js';
import type { PathPolicies, PathPolicy } from './path-policies.js';
import { type RouteMatch, type Recipient, type UrlRoutes, fixedPart } from './route.js';

/** Finds the policies that govern a URL, unless one route of Nest alone takes it. */
export class GoverningPolicies {
  /** Whether some `paths` entry leaves its path to an application that does CORS by itself. */
  readonly hasExternalPaths: boolean;

  constructor(
    private readonly paths: PathPolicies,
    private readonly defaults: CompiledPolicy,
    private readonly ambiguousPaths: AmbiguousPaths,
  ) {
    this.hasExternalPaths = paths.policies.some(({ external }) => external);
  }

  /**
   * The policy of a path that Nest does not route.
   * @param request given where the router has no route for it: Nest's routes at other readings of the path count then
   */
  fallback(url: string, request?: ReadRequest): CompiledPolicy {
    const policy = this.paths.find(url)?.policy ?? this.defaults;
    return this.ambiguousPaths.find(url, [policy], request) ?? policy;
  }

  /**
   * The recipients whose policies govern. An external entry leaves its path to another library, which may pass the request on to a
   * route of Nest. That route then governs, because otherwise no policy would be enforced.
   */
  governed(url: string, recipients: readonly Recipient[]): readonly Recipient[] {
    if (!this.hasExternalPaths) {
      return recipients;
    }
    const passesTo = recipients.flatMap((recipient) => recipient.passesTo);
    return passesTo.length === 0 || this.paths.find(url)?.policy.external !== true
      ? recipients
      : [...matchesOf(recipients), ...passesTo].map((match) => ({ match, passesTo: [] }));
  }

  /** Whether an entry leaves the path to the application, and Nest has only catch-all routes there that begin higher up. */
  isExternal(url: string, recipients: readonly Recipient[]): boolean {
    const entry = this.hasExternalPaths ? this.paths.find(url) : undefined;
    return (
      entry?.policy.external === true &&
      recipients.every(({ match }) => match !== undefined && catchesMore(match, entry))
    );
  }

  /** Whether an entry covers the methods that Nest lacks. An entry for `/` does not govern the paths of controllers. */
  isCovered(url: string, { routes }: UrlRoutes): boolean {
    const entry = this.paths.find(url);
    return entry !== undefined && (entry.path !== '/' || routes.every(({ path }) => /[*:{(]/.test(path)));
  }

  /** The policy of something that may respond instead of Nest's routes: another library's, or that of an entry. */
  alternative(method: string, url: string, host: string, recipients: readonly Recipient[]): CompiledPolicy | undefined {
    const foreign = recipients.find(({ match }) => match === undefined);
    if (foreign !== undefined) {
      return this.foreignAlternative(url, recipients, foreign);
    }
    const matches = recipients.map(({ match }) => match as RouteMatch);
    const caught = matches.filter(({ route }) => route.path.includes('*'));
    if (caught.length === 0) {
      return undefined;
    }
    const entry = this.paths.find(url);
    const policies = policiesOf(matches);
    const governing = entry === undefined ? policies : [entry.policy, ...policies];
    const ambiguous = this.ambiguousPaths.find(url, governing, { method, host, isCaught: true });
    if (ambiguous !== undefined || entry === undefined || policies.every((policy) => policy === entry.policy)) {
      return ambiguous;
    }
    return caught.some((match) => catchesMore(match, entry)) ? entry.policy : undefined;
  }

  /** It is unknown which of Nest's and other libraries' routes will respond, so all of them have to allow. */
  private foreignAlternative(
    url: string,
    recipients: readonly Recipient[],
    { passesTo }: Recipient,
  ): CompiledPolicy | undefined {
    const matches = matchesOf(recipients);
    const governing = matches[0]?.route.policy ?? this.fallback(url);
    const [other = governing, ...others] = [
      ...(matches.length === 0 ? [] : [this.fallback(url)]),
      ...policiesOf(passesTo),
    ].filter((policy) => policy !== governing);
    const policy = commonPolicy([other, ...others]);
    return policy === governing ? undefined : policy;
  }
}

/** Nest's routes among the recipients. */
export function matchesOf(recipients: readonly Recipient[]): readonly RouteMatch[] {
  return recipients.flatMap(({ match }) => match ?? []);
}

function policiesOf(matches: readonly RouteMatch[]): readonly CompiledPolicy[] {
  return matches.map(({ route }) => route.policy);
}

/** Whether the route catches everything below a path that is shorter than the path of the entry. */
function catchesMore({ route: { path } }: RouteMatch, entry: PathPolicy): boolean {
  return path.includes('*') && entry.path !== '/' && entry.path.length > fixedPart(path).length;
}
