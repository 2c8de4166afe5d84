import type { IncomingMessage } from 'node:http';
import { type Channel, channel } from 'node:diagnostics_channel';
import { CORS_REASONS, type CorsReason } from '../decision/reasons.js';
import type { PreflightDecision } from '../decision/preflight-decision.js';
import type { PreflightFacts } from '../fetch/preflight-request.js';
import { CORS_DECISION_CHANNEL, type CorsDecisionEvent, type DecisionObserver } from '../logging/decision-event.js';
import type { ForeignHeader, ForeignHeaderLog } from '../logging/foreign-header-log.js';
import { ProblemLog } from '../logging/problem-log.js';
import { pathOf } from '../routing/request-target.js';
import type { RouteMatch } from '../routing/route.js';
import type { UnroutedPlace } from '../routing/unrouted-place.js';
import type { ActualEvaluation, PreflightEvaluation } from './evaluator.js';
import { type EvaluatedRequest, type IncomingRequest, isFromOwnOrigin, nodeRequest } from './incoming-request.js';
import type { ResponseHeaders } from './response-headers.js';

/** https://html.spec.whatwg.org/multipage/iana.html#text/event-stream */
const EVENT_STREAM = /^\s*text\/event-stream\s*(?:;|$)/i;
const REASONS = Object.keys(CORS_REASONS) as CorsReason[];

/** What a reporter needs of the application; all of it is absent in explain mode. */
export interface ReportedApplication {
  readonly foreignHeaders?: () => ForeignHeaderLog;
  /** Publishes decisions about real requests. */
  readonly channel?: Channel;
  /** What is at the path of a request that Nest does not route. Called only for decisions that an observer wants. */
  readonly placeOf?: (request: EvaluatedRequest) => UnroutedPlace;
  /** Told of event streams that an allowed origin has opened; `undefined`: these stay open. */
  readonly eventStreams?: EventStreamObserver | undefined;
}

/** Told when the headers of an event stream are being written, and the origin of the request was allowed. */
export interface EventStreamObserver {
  open(request: IncomingRequest, evaluation: ActualEvaluation): void;
}

/** Where a request goes that reaches a gateway instead of a route. */
export type EventPlace = Pick<CorsDecisionEvent, 'route' | 'handler' | 'namespace'>;

/**
 * Reports decisions to the log, the `diagnostics_channel`, and observers such as the devtools. It makes an event only for a
 * decision that one of them wants.
 */
export class DecisionReporter {
  /** Where problems of decisions are logged. */
  readonly problems = new ProblemLog();
  private observers: readonly DecisionObserver[];
  /** Handshakes that were reported. @fastify/websocket sends them through the request hook, too. */
  private readonly handshakes = new WeakSet<IncomingMessage>();
  /** Publishes decisions about real requests. */
  readonly channel: Channel | undefined;
  /** Whether {@link written} has something to report. Tools that trace calls of providers see no call for other responses. */
  readonly reportsEventStreams: boolean;
  /** The reasons whose decisions an observer wants. A record is faster than a Set for each request. */
  wanted: Readonly<Partial<Record<CorsReason, boolean>>> = {};

  constructor(
    observers: readonly DecisionObserver[],
    private readonly application: ReportedApplication = {},
  ) {
    this.observers = observers;
    this.channel = application.channel;
    this.reportsEventStreams = application.eventStreams !== undefined;
    this.updateWanted();
  }

  add(observer: DecisionObserver): void {
    this.observers = [...this.observers, observer];
    this.updateWanted();
  }

  remove(observer: DecisionObserver): void {
    this.observers = this.observers.filter((each) => each !== observer);
    this.updateWanted();
  }

  /**
   * Reports the answer to a preflight.
   * @param place the gateway that it goes to; `undefined` elsewhere
   */
  preflight(
    { decision, match, requestLookups }: PreflightEvaluation,
    { origin, requestMethod: method }: PreflightFacts,
    { url, adapterRequest }: EvaluatedRequest,
    place?: EventPlace,
  ): void {
    const { kind, policy, reason } = decision;
    if (isWanted(this, reason)) {
      const request = { method, url, origin, adapterRequest };
      this.publish(
        eventOf('preflight', kind === 'granted', reason, policy?.label, request, match),
        refusedHeaders(decision),
        // Without a policy, the preflight was refused before the search, or because the path has routes for other methods.
        place ?? (match === undefined && policy !== undefined ? this.application.placeOf?.(request) : undefined),
        tenantOf(policy && requestLookups?.tenantUnder(policy)),
      );
    }
  }

  /**
   * Reports the decision about an actual request, unless the guard still has to confirm it.
   * @param isBlocked whether the page that sent the request cannot read the response
   */
  actual(
    { decision: { refused, reason, policy }, match, requestLookups }: ActualEvaluation,
    isBlocked: boolean,
    request: EvaluatedRequest,
  ): void {
    // The application's own pages send Origin with everything but GET: no policy lists them, and nothing is blocked.
    if (
      isWanted(this, reason) &&
      reason !== 'route-ambiguous' &&
      (!refused || isBlocked) &&
      !this.handshakes.has(nodeRequest(request.adapterRequest))
    ) {
      const granted = reason === 'no-origin' ? undefined : !refused;
      this.publish(
        eventOf('actual', granted, reason, policy.label, request, match),
        match === undefined ? this.application.placeOf?.(request) : undefined,
        tenantOf(requestLookups?.tenantUnder(policy)),
      );
    }
  }

  /**
   * Reports the decision about a handshake.
   * @param place the gateway; `undefined` for an upgrade that no gateway takes
   */
  handshake(
    { decision: { refused, reason, policy }, match, requestLookups }: ActualEvaluation,
    place: EventPlace | undefined,
    request: EvaluatedRequest & { readonly raw: IncomingMessage },
  ): void {
    this.handshakes.add(request.raw);
    if (isWanted(this, reason)) {
      this.publish(
        eventOf('handshake', reason === 'no-origin' ? undefined : !refused, reason, policy.label, request, match),
        place ?? (match === undefined ? this.application.placeOf?.(request) : undefined),
        tenantOf(requestLookups?.tenantUnder(policy)),
      );
    }
  }

  /** Reports the headers of an event stream, which stays open while its origin may lose its access. */
  written(headers: ResponseHeaders, evaluation: ActualEvaluation, request: IncomingRequest): void {
    const { eventStreams } = this.application;
    if (
      eventStreams !== undefined &&
      evaluation.decision.allowOrigin !== undefined &&
      EVENT_STREAM.test(headers.lines('content-type')[0] ?? '') &&
      !isFromOwnOrigin(request)
    ) {
      eventStreams.open(request, evaluation);
    }
  }

  /** Reports CORS headers that something else wrote, and that the policy replaced. */
  foreign(headers: readonly ForeignHeader[], { decision, match }: ActualEvaluation, { url }: EvaluatedRequest): void {
    const { label: policy } = decision.policy;
    if (match === undefined) {
      this.application.foreignHeaders?.().report({ unrouted: pathOf(url), policy }, headers);
    } else {
      const { method, path } = match.route;
      this.application.foreignHeaders?.().report({ route: `${method} ${path} (${handlerOf(match)})`, policy }, headers);
    }
  }

  private publish(event: CorsDecisionEvent, ...parts: readonly (Partial<CorsDecisionEvent> | undefined)[]): void {
    for (const part of parts) {
      // Most events have no such part, and copying an event costs more than making it.
      if (part !== undefined) {
        Object.assign(event, part);
      }
    }
    for (const observer of this.observers) {
      if (observer.wants(event.reason)) {
        try {
          observer.observe(event);
        } catch {
          // A failing logger or devtools page must not fail the request.
        }
      }
    }
    this.channel?.publish(event);
  }

  private updateWanted(): void {
    this.wanted = Object.fromEntries(
      REASONS.map((reason) => [reason, this.observers.some((observer) => observer.wants(reason))]),
    );
  }
}

/**
 * Whether an observer or a subscriber wants a decision with this reason. It is a function, because tools that trace calls of
 * providers would report a method call for every request.
 */
export function isWanted({ wanted, channel: published }: DecisionReporter, reason: CorsReason): boolean {
  return wanted[reason] === true || published?.hasSubscribers === true;
}

/** The channel of real decisions. */
export function decisionChannel(): Channel {
  return channel(CORS_DECISION_CHANNEL);
}

function refusedHeaders(decision: PreflightDecision): Pick<CorsDecisionEvent, 'header' | 'headers'> | undefined {
  if (decision.kind !== 'refused' || decision.header === undefined) {
    return undefined;
  }
  const { header, headers = [header] } = decision;
  return { header, headers };
}

function tenantOf(tenant: string | undefined): Pick<CorsDecisionEvent, 'tenant'> | undefined {
  return tenant === undefined ? undefined : { tenant };
}

function handlerOf({ route: { controller, methodName } }: RouteMatch): string {
  return `${controller.name}.${methodName}`;
}

function eventOf(
  kind: CorsDecisionEvent['kind'],
  granted: boolean | undefined,
  reason: CorsReason,
  policy: string | undefined,
  { method, url, origin }: EvaluatedRequest,
  match: RouteMatch | undefined,
): CorsDecisionEvent {
  return {
    kind,
    granted,
    reason,
    method,
    route: match?.route.path,
    handler: match && handlerOf(match),
    policy,
    origin,
    path: pathOf(url),
  };
}
