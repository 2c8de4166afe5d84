/** What an audit can find, each with what to do about it. The codes are stable. */
const HINTS = {
  /** A pattern or RegExp decides who may send credentials. */
  'broad-origin-with-credentials': 'List the origins one by one, or write a lookup.',
  /** `enableCors()` is on as well. */
  'enable-cors': 'Remove it, and move its options to CorsModule.forRoot().',
  /** A path whose CORS headers are left to the application that serves it. */
  'external-path': 'Make sure that it does, or write a `policy` in place of `external`.',
  /** `@Header()` sets a CORS header, which the policy overrules. */
  'foreign-cors-header': 'Remove it, and write the intended field in @CorsPolicy().',
  /** A gateway that `gateways: false` leaves to the application. */
  'gateway-left-to-application':
    'Write @CorsPolicy() on the gateway, or make sure that the application checks the `Origin` of each handshake.',
  /** Pages of every origin may open sockets of a gateway. */
  'gateway-open-to-all':
    'List the origins that may, unless callers prove who they are by a token in place of a cookie.',
  /** A gateway offers WebTransport, which no policy covers. */
  'gateway-webtransport': 'Remove "webtransport" from `transports`, or check the origin where the sessions are made.',
  /** A GraphQL endpoint runs requests that a page of any origin can send without a preflight. */
  'graphql-without-csrf-prevention':
    'Write `rejectDisallowed: true` in the policy of the endpoint. `csrfPrevention: true` in GraphQLModule.forRoot() does it too, but Mercurius then refuses the subscriptions of browsers.',
  /** Longer than browsers cache a preflight: Chromium two hours, Firefox a day. */
  'max-age-beyond-browsers': 'Write 7200 or less.',
  /** A handler without a decorator overrides a method that has one. */
  'overridden-decorator':
    'Repeat the decorator on the override, or write @CorsPolicy({}) if you mean the policy above.',
  /** A lookup that is never called, because every origin is allowed. */
  'pointless-lookup': "Remove origin: '*' or the lookup.",
  /** A decorator on a class or method that HTTP requests never reach. */
  'policy-without-route':
    'Put it on a controller, a gateway or a handler method, or remove it. GraphQL is governed by a `paths` entry.',
  /** Sockets that socket.io recovers join namespaces without their policy. */
  'recovered-socket-skips-policy': 'Write `skipMiddlewares: false` in `connectionStateRecovery`.',
  /** Open sockets or event streams of a removed origin stay open. */
  'revoked-connections-stay-open': 'Write `closeRevoked: true`, unless these connections must not be cut.',
  /** A preflight cannot tell several versions of a route apart, and their policies differ. */
  'shared-preflight':
    'Give the versions one policy, or put the version into the path. The guard refuses unsafe requests that use the grant of another version.',
  /** Rows of a list that allow no origin, because they are malformed or too wide. */
  'skipped-rows': 'Correct the rows in the store, or delete them.',
  /** Scripts of every origin may call a route that changes state. */
  'state-change-open-to-all':
    'List the origins that may, unless callers prove who they are by a token in place of a cookie.',
  /** A path whose methods have different policies, so that browsers must not cache its preflights. */
  'uncached-preflight':
    'Give the methods of the path one policy where each preflight counts. Otherwise leave it: it only costs a preflight per request.',
  /** A named policy that no route and no path uses. */
  'unused-policy': 'Remove it, or name it in @CorsPolicy() or in `paths`.',
} as const;

/** Code of a {@link CorsAuditFinding}. */
export type CorsAuditCode = keyof typeof HINTS;

/** Something that is legal, but risky. */
export interface CorsAuditFinding {
  readonly code: CorsAuditCode;
  /** The route, policy, class or method that it is about. */
  readonly subject: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

export function finding(code: CorsAuditCode, subject: string, message: string): CorsAuditFinding {
  return { code, subject, message, hint: HINTS[code] };
}
