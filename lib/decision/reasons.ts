/** What a reason means, and what to do about it. */
interface ReasonText {
  /** Whether the origin gets access. */
  readonly granted: boolean;
  /** No result says whether the origin is allowed, so the same request may be granted in a moment. */
  readonly isPassing?: true;
  readonly message: string;
  /** One line, for the person who must fix it; for a grant, what it rests on. */
  readonly fix: string;
}

/**
 * Every way in which a CORS decision can end, in the order of the Fetch standard's checks. The codes are stable: tests may assert
 * them, and metrics may count them. All messages about decisions are here.
 */
export const CORS_REASONS = {
  'no-origin': {
    granted: false,
    message: 'The request has no Origin header: there is nothing to grant and nothing to refuse.',
    fix: 'Nothing: browsers send Origin whenever a script of another origin asks.',
  },
  'any-origin': {
    granted: true,
    message: "The policy allows every origin ('*').",
    fix: 'Granted by `origin`.',
  },
  'origin-listed': {
    granted: true,
    message: 'The origin is in the list of the policy.',
    fix: 'Granted by `origin`.',
  },
  'origin-function': {
    granted: true,
    message: 'The origin function of the policy returned true.',
    fix: 'Granted by `origin`.',
  },
  'origin-lookup': {
    granted: true,
    message: 'The lookup of the policy returned true.',
    fix: 'Granted by `originLookup`.',
  },
  'origin-missing': {
    granted: false,
    message: 'A page of another site caused this handshake without an Origin header, as images and scripts do.',
    fix: 'Have the page use a WebSocket or `fetch()`: these send Origin. A tool that sends `Sec-Fetch-Site` by hand has to leave it out.',
  },
  'jsonp-refused': {
    granted: false,
    message:
      'JSONP polling is open to pages of the own origin alone: any other page could read the events with a script.',
    fix: 'Have the client use the transports "polling" and "websocket", which browsers of today have.',
  },
  'origin-malformed': {
    granted: false,
    message: 'The Origin header is not a single serialized origin, such as https://app.example.com.',
    fix: "If an app or a WebView sends this (file://, app://.), list the exact value and add 'nonstandard-origin' to dangerouslyAllow. Otherwise look at the client, or at a proxy that rewrites headers.",
  },
  'cors-disabled': {
    granted: false,
    message: 'The policy gives no other origin access.',
    fix: 'Set `origin` or `originLookup` in the policy. Where @DisableCors() turns CORS off, remove it.',
  },
  'origin-list-empty': {
    granted: false,
    message: 'The `origin` of the policy is an empty list.',
    fix: 'The list of `origin` is empty. Set the variable that it is read from, and load it before the options are read, or write the origin.',
  },
  'origin-null': {
    granted: false,
    message: 'The origin is opaque (null): a sandboxed frame, a local file, or a redirect across origins.',
    fix: "Serve the page from an origin of its own. If null is meant, list it and add 'null-origin' to dangerouslyAllow.",
  },
  'origin-not-listed': {
    granted: false,
    message: 'The origin is not in the list of the policy.',
    fix: 'Add the origin to `origin`, exactly as the browser sends it: scheme, host and port.',
  },
  'origin-function-refused': {
    granted: false,
    message: 'The origin function of the policy returned false.',
    fix: 'Have the function return true for this origin.',
  },
  'lookup-refused': {
    granted: false,
    message: 'The lookup of the policy returned false.',
    fix: 'Add the origin to what the lookup reads, for the tenant of the request if there are tenants.',
  },
  'lookup-failed': {
    granted: false,
    isPassing: true,
    message: 'The lookup or origin function threw or rejected, so the origin was refused.',
    fix: 'See the error in the log; unknown origins are refused until the lookup works, or the list has been read.',
  },
  'lookup-timed-out': {
    granted: false,
    isPassing: true,
    message: 'The lookup or origin function returned no result before its deadline, so the origin was refused.',
    fix: 'Make it faster (an index, a cache), or raise `lookupTimeout`.',
  },
  'lookup-not-boolean': {
    granted: false,
    message: 'The lookup or origin function returned something other than true or false, so the origin was refused.',
    fix: 'Have it return true or false: a row or a count does not allow an origin.',
  },
  'lookup-not-asked': {
    granted: false,
    isPassing: true,
    message: 'Too many unknown origins came at once, so this one was refused without a lookup call.',
    fix: 'A client invents origins, or the lookup is too slow: see the log. Raise `cache.missesPerSecond` or `lookupConcurrency` if this is ordinary traffic, or use a list.',
  },
  'tenant-failed': {
    granted: false,
    isPassing: true,
    message: 'The tenant function threw or did not return a string, so the origin was refused without a lookup call.',
    fix: 'See the error in the log; have `tenant` return a string, or undefined where there is no tenant.',
  },
  'method-malformed': {
    granted: false,
    message: 'Access-Control-Request-Method is not exactly one method that scripts may use.',
    fix: 'Browsers never send this: look at the client.',
  },
  'method-case': {
    granted: false,
    message: 'The requested method is not in upper case, and methods are case-sensitive.',
    fix: "Have the page write it in upper case, `method: '<METHOD>'`: browsers do so by themselves for DELETE, GET, HEAD, OPTIONS, POST and PUT alone.",
  },
  'method-not-routed': {
    granted: false,
    message: 'The path has routes, but none for the requested method.',
    fix: 'Look at the method and the path: `CorsInspector.routes()` lists what there is.',
  },
  'method-not-allowed': {
    granted: false,
    message: 'The `methods` of the policy do not contain the requested method.',
    fix: 'Add the method to `methods`, in upper case, or leave `methods` out.',
  },
  'headers-malformed': {
    granted: false,
    message: 'Access-Control-Request-Headers is not a list of header names, or is too long.',
    fix: 'Browsers never send this: look at the client, or send fewer than 128 headers of your own.',
  },
  'header-not-allowed': {
    granted: false,
    message: 'The `allowedHeaders` of the policy do not contain a header that the script sets.',
    fix: "Add the header to `allowedHeaders`, or write '*' for any header that does not steer routing.",
  },
  'header-steers-routing': {
    granted: false,
    message: 'A header that the script sets can change the method, path or host that the request is routed by.',
    fix: "Have the script leave it out. If it is meant, name it beside the star: `allowedHeaders: ['*', '<name>']`.",
  },
  'credentials-not-allowed': {
    granted: false,
    message: 'The request carries credentials, and the policy of its route allows none.',
    fix: 'Set `credentials: true` beside a list of origins, or have the script leave the credentials out.',
  },
  'left-to-application': {
    granted: false,
    message: 'The path is `external`: nestjs-cors leaves this path to what serves it, preflights included.',
    fix: 'Look at the application or the upstream below the path, or remove `external` from its `paths` entry.',
  },
  'route-ambiguous': {
    granted: false,
    message: 'Only the router can tell which route takes the request, and the possible routes have different policies.',
    fix: 'Give the routes that share method and path one policy.',
  },
  'request-changed': {
    granted: false,
    isPassing: true,
    message:
      'The application changed the request after its policy was found, and the new policy could not be evaluated in time.',
    fix: 'Change method and URL before the request reaches NestJS, or let both routes have one policy.',
  },
  'path-ambiguous': {
    granted: false,
    message: 'The path can be read in two ways, which have different policies.',
    fix: 'Request the path as the router reads it: decoded once, in the letter case of the route, without empty and dot segments. Or give both paths one policy.',
  },
  'internal-error': {
    granted: false,
    message: 'The decision failed because of a defect of nestjs-cors, so nothing was granted.',
    fix: 'Report it, with the error in the log.',
  },
} as const satisfies Readonly<Record<string, ReasonText>>;

/** Code of the way in which a decision ended. */
export type CorsReason = keyof typeof CORS_REASONS;

/** The most names in a message, which mentions that there are more. */
const MAX_SHOWN_NAMES = 8;

/**
 * The message and the fix for one decision.
 * @param names what it was refused for: headers, or the method for `method-case`
 */
export function textsOf(reason: CorsReason, ...names: readonly string[]): Pick<ReasonText, 'message' | 'fix'> {
  const { message, fix } = CORS_REASONS[reason];
  if (names.length === 0) {
    return { message, fix };
  }
  const shown = names.slice(0, MAX_SHOWN_NAMES);
  return {
    message: `${message.slice(0, -1)}: ${namesInWords(names)}.`,
    fix: fix.replace('<name>', () => shown.join("', '")).replace('<METHOD>', () => shown.join().toUpperCase()),
  };
}

/** Up to eight names with commas between. */
export function namesInWords(names: readonly string[]): string {
  const others = names.length > MAX_SHOWN_NAMES ? ' and others' : '';
  return `${names.slice(0, MAX_SHOWN_NAMES).join(', ')}${others}`;
}

/** Whether the same request may be granted in a moment, because no result says whether the origin is allowed. */
export function isPassing(reason: CorsReason): boolean {
  return 'isPassing' in CORS_REASONS[reason];
}
