import type { IncomingMessage, ServerResponse } from 'node:http';
import onHeaders from 'on-headers';
import { isRetrieval, readState } from './cors.request-state.js';
import type { CompiledPolicy } from './policy/compiled-policy.js';
import { isForbiddenResponseHeader } from './policy/forbidden.js';
import type { ActualDecision } from './protocol/actual-response.js';
import type { PreflightDecision } from './protocol/preflight-response.js';
import { isPassing } from './protocol/reasons.js';
import { PREFLIGHT_VARY, appendVary } from './protocol/vary.js';

const VARY_ORIGIN = ['Origin'] as const;

/** Marks responses whose head is finished when it is written; once is enough. */
const FINISHED = Symbol.for('nestjs-cors:finished');

type Markable = ServerResponse & { [FINISHED]?: true };

/**
 * Puts a decision's headers on the raw response, where they survive whatever ends it, in the place of an earlier
 * decision's: an outer application's, or the hook's own before the guard knew better. `Vary` stays, since that decision
 * was a matter of the origin too.
 */
export function writeActual(response: ServerResponse, { policy, allowOrigin, refused, reason }: ActualDecision): void {
  if (policy.dependsOnOrigin || reason === 'route-ambiguous') {
    addVary(response, VARY_ORIGIN);
  }
  if (response.hasHeader('Access-Control-Allow-Origin')) {
    response.removeHeader('Access-Control-Allow-Origin');
    response.removeHeader('Access-Control-Allow-Credentials');
    response.removeHeader('Access-Control-Expose-Headers');
  }
  if (allowOrigin === undefined) {
    return;
  }
  response.setHeader('Access-Control-Allow-Origin', allowOrigin);
  if (policy.credentials && !refused && reason !== 'no-origin') {
    response.setHeader('Access-Control-Allow-Credentials', 'true');
  }
  if (policy.exposedHeaders.kind === 'constant') {
    response.setHeader('Access-Control-Expose-Headers', policy.exposedHeaders.value);
  }
}

/** Writes the whole answer to a preflight and ends it. */
export function answerPreflight(response: ServerResponse, decision: PreflightDecision): void {
  addVary(response, PREFLIGHT_VARY);
  if (decision.kind === 'refused') {
    endEmpty(response, 403);
    return;
  }
  response.setHeader('Access-Control-Allow-Origin', decision.allowOrigin);
  if (decision.allowCredentials) {
    response.setHeader('Access-Control-Allow-Credentials', 'true');
  }
  response.setHeader('Access-Control-Allow-Methods', decision.allowMethod);
  if (decision.allowHeaders !== undefined) {
    response.setHeader('Access-Control-Allow-Headers', decision.allowHeaders);
  }
  if (decision.maxAge !== undefined) {
    response.setHeader('Access-Control-Max-Age', decision.maxAge);
  }
  endEmpty(response, decision.policy.optionsSuccessStatus);
}

/** Answers 403 in the place of an application that has no guard for the path, in the shape of Nest's own errors. */
export function answerForbidden(response: ServerResponse, decision: ActualDecision): void {
  response.statusCode = 403;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ message: refusalMessage(decision), error: 'Forbidden', statusCode: 403 }));
}

/** What a client is told of a refused actual request: what of it was refused, and nothing of the policy. */
export function refusalMessage({ reason }: ActualDecision): string {
  return `Refused by the CORS policy: ${reason === 'method-not-allowed' ? reason : 'origin-not-allowed'}`;
}

/**
 * Has the head of the response finished just before it is sent, when every header is there: `Vary: Origin` is put back
 * where something overwrote it, and `exposedHeaders: 'all'` names what the response really has.
 * @param policy that counts where no decision was made
 */
export function finishOnWrite(response: Markable, request: IncomingMessage, policy: CompiledPolicy): void {
  if (response[FINISHED] || response.headersSent) {
    return;
  }
  response[FINISHED] = true;
  onHeaders(response, () => {
    const state = readState(request);
    const { dependsOnOrigin, exposedHeaders } = state?.decision.policy ?? policy;
    if (dependsOnOrigin) {
      addVary(response, VARY_ORIGIN);
      if (state?.withheld && isRetrieval(request)) {
        limitReuse(response, state.decision);
      }
    }
    if (exposedHeaders.kind === 'all' && response.hasHeader('Access-Control-Allow-Origin')) {
      exposeAll(response);
    }
  });
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

function addVary(response: ServerResponse, names: readonly string[]): void {
  const value = appendVary(response.getHeader('Vary'), names);
  if (value !== undefined) {
    response.setHeader('Vary', value);
  }
}

function endEmpty(response: ServerResponse, status: number): void {
  response.statusCode = status;
  // A 204 has no Content-Length (RFC 9110, section 8.6); some clients wait for a body of any other status without one.
  if (status !== 204) {
    response.setHeader('Content-Length', '0');
  }
  response.end();
}

/**
 * Names that exposing would do nothing for: the standard forbids scripts to read cookies whatever is said, and the CORS
 * headers are for the browser.
 */
function isNeverExposed(name: string): boolean {
  return isForbiddenResponseHeader(name) || name.startsWith('access-control-');
}
