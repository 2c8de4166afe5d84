import { IncomingMessage, type ServerResponse } from 'node:http';
import type { OriginInquiry } from './lookup/origin-inquiry.js';
import type { CompiledPolicy } from './policy/compiled-policy.js';
import type { ActualDecision } from './protocol/actual-response.js';
import { isSameOrigin } from './protocol/same-origin.js';

/** What the request hook found out about a request, for the guard and the interceptor that come later. */
export interface CorsRequestState {
  /** The decision that is written on the response. */
  readonly decision: ActualDecision;
  /** Method and origin that it was made for: what the application makes of the request later changes neither. */
  readonly method: string;
  readonly origin: string | undefined;
  /** Whether the response is kept from a page of another origin: refused, and not to the application's own. */
  readonly withheld: boolean;
  /** Remembers what was asked of lookups already; `undefined` where nobody was to be asked. */
  readonly inquiry: OriginInquiry | undefined;
}

// A registered symbol: both builds of the package share it.
const STATE = Symbol.for('nestjs-cors:state');

type Stateful = IncomingMessage & { [STATE]?: CorsRequestState };

/**
 * The states of requests that a framework has given a prototype of its own, as Express does: V8 shares no hidden class
 * between such objects, and a property more on each costs several times what a WeakMap does. On the others it is the
 * other way round.
 */
const states: WeakMap<IncomingMessage, CorsRequestState> = shared();

export function readState(request: IncomingMessage): CorsRequestState | undefined {
  // Whoever hands the request on to another framework may have had its prototype changed since.
  return isPlain(request)
    ? (request[STATE] ?? states.get(request))
    : (states.get(request) ?? (request as Stateful)[STATE]);
}

export function writeState(request: IncomingMessage, state: CorsRequestState): void {
  if (isPlain(request)) {
    request[STATE] = state;
  } else {
    states.set(request, state);
  }
}

function isPlain(request: IncomingMessage): request is Stateful {
  return Object.getPrototypeOf(request) === IncomingMessage.prototype;
}

function shared(): WeakMap<IncomingMessage, CorsRequestState> {
  const holder = globalThis as { [STATE]?: WeakMap<IncomingMessage, CorsRequestState> };
  return (holder[STATE] ??= new WeakMap());
}

/** Policy of the decision that stands for this request. */
export function policyOf(request: IncomingMessage): CompiledPolicy | undefined {
  return readState(request)?.decision.policy;
}

/** The Node.js request behind an adapter's request: Fastify wraps it, Express extends it. */
export function rawRequest(request: unknown): IncomingMessage {
  // An Express application may have a `raw` of its own on its requests (a body, say).
  const { raw } = request as { raw?: Partial<IncomingMessage> };
  return typeof raw?.headers === 'object' ? (raw as IncomingMessage) : (request as IncomingMessage);
}

/** The Node.js response behind an adapter's response. */
export function rawResponse(response: unknown): ServerResponse {
  const { raw } = response as { raw?: Partial<ServerResponse> };
  return typeof raw?.setHeader === 'function' ? (raw as ServerResponse) : (response as ServerResponse);
}

/** Whether a cache may keep the answer, and ask later whether it has changed. */
export function isRetrieval({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Whether the response to a request is kept from the page that sent it. Pages of the own origin need no grant. */
export function isWithheld({ refused }: ActualDecision, origin: string | undefined, request: unknown): boolean {
  return refused && origin !== undefined && !isOwnOrigin(origin, request);
}

/** Whether a request with this `Origin` comes from the application's own; hosts are as the framework's trust settings give them. */
export function isOwnOrigin(origin: string, request: unknown): boolean {
  return isSameOrigin(origin, rawRequest(request).headers, (request as { host?: string }).host);
}
