import type { CorsReason } from '../decision/reasons.js';
import type { UnroutedPlace } from '../routing/unrouted-place.js';

/** Name of the `diagnostics_channel` that every decision is published on, as a {@link CorsDecisionEvent}. */
export const CORS_DECISION_CHANNEL = 'nestjs-cors:decision';

/** One decision about one request, as it is logged, published on `diagnostics_channel` and shown by the devtools. */
export interface CorsDecisionEvent extends UnroutedPlace {
  /** `handshake`: an upgrade to a WebSocket, or the first request of a session of socket.io. */
  readonly kind: 'preflight' | 'actual' | 'handshake';
  /** `undefined` for a request without `Origin`, about which nothing is decided. */
  readonly granted: boolean | undefined;
  readonly reason: CorsReason;
  /** The header that a preflight was refused for, in lower case: hostile input, of 65 characters at most. */
  readonly header?: string;
  /** The first nine headers that a preflight was refused for: hostile input. */
  readonly headers?: readonly string[];
  /** The method of the actual request, also for a preflight. */
  readonly method: string;
  /** The pattern of the route, such as `/orders/:id`; `undefined` where Nest routes nothing. Fit for labels of metrics. */
  readonly route: string | undefined;
  /** `OrdersController.replace`, or the class of a gateway; `undefined` where Nest routes nothing. */
  readonly handler: string | undefined;
  /** Namespace of socket.io, of a handshake. Absent for the main one, and where the gateways of a server have several. */
  readonly namespace?: string;
  /** The label of the policy; `undefined` when the request was refused before a policy was found. */
  readonly policy: string | undefined;
  /** The `Origin` header as it came: hostile input. */
  readonly origin: string | undefined;
  /** The path of the request without its query, as it came: hostile input. */
  readonly path: string;
  /** The tenant of the lookup calls: hostile input where it comes from the request. */
  readonly tenant?: string;
}

/** Receives the decisions about real requests. */
export interface DecisionObserver {
  /** Whether events with this reason are used; the others are not made. */
  wants(reason: CorsReason): boolean;
  observe(event: CorsDecisionEvent): void;
}

/** The names that the request was refused for: its headers, or its method where the letter case of that is wrong. */
export function namesOf({
  reason,
  method,
  header,
  headers = header === undefined ? [] : [header],
}: Pick<CorsDecisionEvent, 'reason' | 'method' | 'header' | 'headers'>): readonly string[] {
  return reason === 'method-case' ? [method] : headers;
}
