import type { CorsReason } from '../decision/reasons.js';
import type { UnroutedPlace } from '../routing/unrouted-place.js';

/** Name of the `diagnostics_channel` that every decision is published on, as a {@link CorsDecisionEvent}. */
export const CORS_DECISION_CHANNEL = 'nestjs-cors:decision';

/** One decision about one request, as it is logged, published on `diagnostics_channel` and shown by the devtools. */
export interface CorsDecisionEvent extends UnroutedPlace {
  readonly kind: 'preflight' | 'actual';
  /** `true` and `false` as decided; `undefined` for a request without `Origin`, where there was nothing to decide. */
  readonly granted: boolean | undefined;
  readonly reason: CorsReason;
  /** The header that a preflight was refused for, in lower case: hostile input, of 65 characters at most. Absent otherwise. */
  readonly header?: string;
  /** Every header that a preflight was refused for, of more than eight the first nine: hostile input. Absent otherwise. */
  readonly headers?: readonly string[];
  /** Method of the actual request, also for a preflight. */
  readonly method: string;
  /** Pattern of the route, such as `/orders/:id`; `undefined` where Nest routes nothing. Bounded in number: fit for labels. */
  readonly route: string | undefined;
  /** `OrdersController.replace`; `undefined` where Nest routes nothing. */
  readonly handler: string | undefined;
  /** Label of the policy; `undefined` when the request was refused before any policy was asked. */
  readonly policy: string | undefined;
  /** The `Origin` header as it came: hostile input, of any content. `undefined` without one. */
  readonly origin: string | undefined;
  /** Path of the request without its query, as it came: hostile input. */
  readonly path: string;
  /** The tenant that application code was asked for: hostile input where it comes from the request. Absent without one. */
  readonly tenant?: string;
}

/** Takes the decisions about real requests. */
export interface DecisionObserver {
  /** Whether an event with this reason would be used: where not, none is made. */
  wants(reason: CorsReason): boolean;
  observe(event: CorsDecisionEvent): void;
}

/** What the request was refused for, by name: its headers, or its method where the letter case of that is wrong. */
export function namesOf({
  reason,
  method,
  header,
  headers = header === undefined ? [] : [header],
}: Pick<CorsDecisionEvent, 'reason' | 'method' | 'header' | 'headers'>): readonly string[] {
  return reason === 'method-case' ? [method] : headers;
}
