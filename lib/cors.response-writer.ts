import type { ServerResponse } from 'node:http';
import type { ActualDecision } from './protocol/actual-response.js';
import type { PreflightDecision } from './protocol/preflight-response.js';
import { PREFLIGHT_VARY, appendVary } from './protocol/vary.js';

export const VARY_ORIGIN = 'Origin';

/**
 * Puts a decision's headers on the raw response, where they survive whatever ends it, in the place of an earlier
 * decision's: an outer application's, or the hook's own before the guard knew better. `Vary` stays, since that decision
 * was a matter of the origin too.
 */
export function writeActual(response: ServerResponse, { policy, allowOrigin, refused, reason }: ActualDecision): void {
  if (response.hasHeader('Access-Control-Allow-Origin')) {
    response.removeHeader('Access-Control-Allow-Origin');
    response.removeHeader('Access-Control-Allow-Credentials');
    response.removeHeader('Access-Control-Expose-Headers');
  }
  // Where there is nothing else to write, it is left to the head, which names the origin anyway.
  if ((policy.dependsOnOrigin && reason !== 'no-origin') || reason === 'route-ambiguous') {
    addVary(response, VARY_ORIGIN);
  }
  if (allowOrigin === undefined) {
    return;
  }
  // Looked up once, which is not for nothing on the objects of Express.
  const set = response.setHeader.bind(response);
  set('Access-Control-Allow-Origin', allowOrigin);
  if (policy.credentials && !refused && reason !== 'no-origin') {
    set('Access-Control-Allow-Credentials', 'true');
  }
  if (policy.exposedHeaders.kind === 'constant') {
    set('Access-Control-Expose-Headers', policy.exposedHeaders.value);
  }
}

/**
 * Writes the whole answer to a preflight and ends it. Header by header: given to `writeHead()`, they could not be read from
 * the response afterwards, as loggers do.
 */
export function answerPreflight(response: ServerResponse, decision: PreflightDecision): void {
  addVary(response, PREFLIGHT_VARY);
  const set = response.setHeader.bind(response);
  if (decision.kind === 'granted') {
    set('Access-Control-Allow-Origin', decision.allowOrigin);
    if (decision.allowCredentials) {
      set('Access-Control-Allow-Credentials', 'true');
    }
    set('Access-Control-Allow-Methods', decision.allowMethod);
    if (decision.allowHeaders !== undefined) {
      set('Access-Control-Allow-Headers', decision.allowHeaders);
    }
    if (decision.maxAge !== undefined) {
      set('Access-Control-Max-Age', decision.maxAge);
    }
  }
  const status = decision.kind === 'granted' ? decision.policy.optionsSuccessStatus : 403;
  // A 204 has no Content-Length (RFC 9110, section 8.6); some clients wait for a body of any other status without one.
  if (status !== 204) {
    set('Content-Length', '0');
  }
  response.statusCode = status;
  response.end();
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

/** Has `Vary` name these beside what it names already. */
export function addVary(response: ServerResponse, names: string): void {
  const value = appendVary(response.getHeader('Vary'), names);
  if (value !== undefined) {
    response.setHeader('Vary', value);
  }
}
