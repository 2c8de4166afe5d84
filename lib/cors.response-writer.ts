import type { ServerResponse } from 'node:http';
import { completeOnWrite } from './request/header-interception.js';
import type { ActualDecision } from './protocol/actual-response.js';
import type { PreflightDecision } from './protocol/preflight-response.js';
import { PREFLIGHT_VARY, appendVary } from './protocol/vary.js';

/**
 * Writes the whole answer to a preflight and ends it. Header by header: given to `writeHead()`, they could not be read from
 * the response afterwards, as loggers do.
 */
export function answerPreflight(response: ServerResponse, decision: PreflightDecision): void {
  completeOnWrite(response, undefined);
  response
    .getHeaderNames()
    .filter((name) => name.startsWith('access-control-'))
    .forEach((name) => response.removeHeader(name));
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

/**
 * Answers 403 in the place of the application, in the shape of Nest's own errors. No cache may store it: the own origin
 * and another one are told apart by `Sec-Fetch-Site` too.
 */
export function answerForbidden(response: ServerResponse, decision: ActualDecision): void {
  response.statusCode = 403;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(JSON.stringify({ message: refusalMessage(decision), error: 'Forbidden', statusCode: 403 }));
}

/** What a client is told of a refused actual request: what of it was refused, and nothing of the policy. */
export function refusalMessage({ reason }: ActualDecision): string {
  return `Refused by the CORS policy: ${reason === 'method-not-allowed' ? reason : 'origin-not-allowed'}`;
}

/** Has `Vary` name these beside what it names already. */
function addVary(response: ServerResponse, names: string): void {
  const value = appendVary(response.getHeader('Vary'), names);
  if (value !== undefined) {
    response.setHeader('Vary', value);
  }
}
