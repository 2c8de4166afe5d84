import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { isRetrieval, readState } from './cors.request-state.js';
import { VARY_ORIGIN, addVary } from './cors.response-writer.js';
import type { CompiledPolicy } from './policy/compiled-policy.js';
import { isForbiddenResponseHeader } from './policy/forbidden.js';
import type { ActualDecision } from './protocol/actual-response.js';
import { isPassing } from './protocol/reasons.js';

/** Marks responses whose head is finished when it is written, one by one or by their prototype; once is enough. */
const FINISHED = Symbol.for('nestjs-cors:finished');

/** How heads are finished: by what was decided, or with `Vary` alone, which takes no look at that. */
export type Finish = 'as-decided' | 'vary';

type Markable = ServerResponse & { [FINISHED]?: Finish };
type HeadHeaders = OutgoingHttpHeaders | OutgoingHttpHeader[];
type WriteHead = (
  this: ServerResponse,
  status: number,
  reason?: string | HeadHeaders,
  headers?: HeadHeaders,
) => ServerResponse;

/** Policies of responses that no decision was made about. */
const assumedPolicies = new WeakMap<IncomingMessage, CompiledPolicy>();

/**
 * Has the head of the response finished just before it is sent, when every header is there, by the decision that stands for
 * the request then: `Vary` names the origin, also where something overwrote it, and `exposedHeaders: 'all'` names what the
 * response really has.
 */
export function finishOnWrite(response: Markable, request: IncomingMessage): void {
  if (response[FINISHED] === 'as-decided') {
    return;
  }
  const { writeHead } = response as { writeHead: WriteHead };
  if (writeHead === finishingInherited) {
    return;
  }
  // One function for all responses, unless somebody has replaced this one's, or made it without its request.
  if (response.req === request && !Object.hasOwn(response, 'writeHead')) {
    response.writeHead = finishingInherited as ServerResponse['writeHead'];
    return;
  }
  response[FINISHED] = 'as-decided';
  response.writeHead = finishing(
    () => writeHead,
    () => request,
  ) as ServerResponse['writeHead'];
}

/**
 * The same where nobody may have decided.
 * @param policy that counts then
 */
export function finishUnder(policy: CompiledPolicy, response: Markable, request: IncomingMessage): void {
  if (response.headersSent) {
    return;
  }
  if (readState(request) === undefined) {
    assumedPolicies.set(request, policy);
  }
  finishOnWrite(response, request);
}

/**
 * Has the heads of all responses of an Express application finished, by the prototype that it gives to each of them. Since
 * it gives one, V8 shares no hidden class between them: one property more on a response costs more there than a decision.
 * @param prototype the `response` of the application; anything else is left alone
 * @see https://expressjs.com/en/5x/api.html#app.response
 */
export function finishHeadsOf(prototype: unknown, finish: Finish): void {
  if (isResponse(prototype) && !Object.hasOwn(prototype, FINISHED)) {
    const previous = () => inheritedFrom(prototype);
    const writeHead = finish === 'vary' ? varying(previous) : finishing(previous);
    Object.assign(prototype, { writeHead, [FINISHED]: finish });
  }
}

/**
 * How the prototype of the response finishes the heads of all; `undefined`: it does not, or does less than it takes, since
 * another application on the same instance of Express needs no more.
 */
export function finishOf(response: Markable, taken: Finish): Finish | undefined {
  const finish = Object.hasOwn(response, FINISHED) ? undefined : response[FINISHED];
  return finish === 'vary' && taken === 'as-decided' ? undefined : finish;
}

/** A `writeHead()` that has `Vary` name the origin, and goes on to the one that was there before. */
function varying(previous: () => WriteHead): WriteHead {
  return function writeHead(this: ServerResponse, status, reason, headers) {
    setHeaders(this, typeof reason === 'string' ? headers : reason);
    addVary(this, VARY_ORIGIN);
    return withoutHeaders(previous(), this, status, reason);
  };
}

/** A `writeHead()` that finishes the head, and goes on to the one that was there before. */
function finishing(
  previous: (response: ServerResponse) => WriteHead,
  requestOf = (response: ServerResponse): IncomingMessage | undefined => response.req,
): WriteHead {
  return function writeHead(this: ServerResponse, status, reason, headers) {
    const request = requestOf(this);
    const given = typeof reason === 'string' ? headers : reason;
    if (request === undefined) {
      return previous(this).call(this, status, reason, headers);
    }
    // As Fastify answers: with all headers here and none on the response, where they would cost twice as much.
    if (given === reason && lacksVaryAlone(request, given) && isBare(this)) {
      // In this order: a spread in front of a name costs V8 ten times as much.
      return previous(this).call(this, status, { Vary: VARY_ORIGIN, ...given });
    }
    setHeaders(this, given);
    finishHead(this, request);
    return withoutHeaders(previous(this), this, status, reason);
  };
}

/** Goes on with the headers that were given on the response. */
function withoutHeaders(writeHead: WriteHead, response: ServerResponse, ...[status, reason]: Parameters<WriteHead>) {
  return typeof reason === 'string' ? writeHead.call(response, status, reason) : writeHead.call(response, status);
}

const finishingInherited: WriteHead = finishing(inheritedFrom);

function inheritedFrom(object: ServerResponse): WriteHead {
  return (Object.getPrototypeOf(object) as { writeHead: WriteHead }).writeHead;
}

function finishHead(response: ServerResponse, request: IncomingMessage): void {
  const state = readState(request);
  const policy = state?.decision.policy ?? assumedPolicies.get(request);
  if (policy?.dependsOnOrigin) {
    addVary(response, VARY_ORIGIN);
    if (state?.withheld && isRetrieval(request)) {
      limitReuse(response, state.decision);
    }
  }
  if (policy?.exposedHeaders.kind === 'all' && response.hasHeader('Access-Control-Allow-Origin')) {
    exposeAll(response);
  }
}

/** Puts on the response what `writeHead()` was given: an object, or a list of names and values, flat or in pairs. */
function setHeaders(response: ServerResponse, given: HeadHeaders | undefined): void {
  if (Array.isArray(given)) {
    const list = given.flat() as string[];
    const names = list.filter((_, index) => index % 2 === 0);
    names.forEach((name) => response.removeHeader(name));
    names.forEach((name, index) => response.appendHeader(name, list[index * 2 + 1] as string));
  } else if (given !== undefined && given !== null) {
    for (const name of Object.keys(given)) {
      response.setHeader(name, given[name]!);
    }
  }
}

/** Whether no header is on the response yet. */
function isBare(response: ServerResponse): boolean {
  return response.getHeaderNames().length === 0;
}

/** Whether finishing the head comes to one more header, as it does where the request has no origin. */
function lacksVaryAlone(request: IncomingMessage, headers: HeadHeaders | undefined): headers is OutgoingHttpHeaders {
  if (headers === undefined || headers === null || Array.isArray(headers)) {
    return false;
  }
  const decision = readState(request)?.decision;
  if (decision?.reason !== 'no-origin' || !decision.policy.dependsOnOrigin) {
    return false;
  }
  for (const name in headers) {
    if (name.length === 4 && name.toLowerCase() === 'vary') {
      return false;
    }
  }
  return true;
}

function isResponse(value: unknown): value is ServerResponse {
  return typeof (value as Partial<ServerResponse> | null | undefined)?.writeHead === 'function';
}

/**
 * Keeps a refusal from outliving its reason. A cache that revalidates it takes a 304 for "still the same", and would go on
 * denying an origin that was allowed since; asked by a revoked origin for what that has kept, it would answer 304 itself,
 * and the browser would go on with the grant that it stored. Without validators neither can be asked for. Where nobody
 * could tell whether the origin is allowed, the refusal is not to be kept at all.
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-4.3
 */
function limitReuse(response: ServerResponse, { reason }: ActualDecision): void {
  response.removeHeader('ETag');
  response.removeHeader('Last-Modified');
  if (isPassing(reason)) {
    response.setHeader('Cache-Control', 'no-store');
  }
}

function exposeAll(response: ServerResponse): void {
  const names = response.getHeaderNames().filter((name) => !isNeverExposed(name));
  // Node.js adds this one itself when the head is written.
  if (response.sendDate && !response.hasHeader('Date')) {
    names.push('date');
  }
  if (names.length > 0) {
    response.setHeader('Access-Control-Expose-Headers', names.join(','));
  }
}

/**
 * Names that exposing would do nothing for: the standard forbids scripts to read cookies whatever is said, and the CORS
 * headers are for the browser.
 */
function isNeverExposed(name: string): boolean {
  return isForbiddenResponseHeader(name) || name.startsWith('access-control-');
}
