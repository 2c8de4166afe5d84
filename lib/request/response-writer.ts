import type { ServerResponse } from 'node:http';
import { varyByOrigin } from './cors-headers.js';
import { completeOnWrite } from './header-interception.js';
import { type HeaderCompletion, PlainHeaders, type ResponseHeaders } from './response-headers.js';
import type { ActualDecision } from '../decision/actual-decision.js';
import type { PreflightDecision } from '../decision/preflight-decision.js';
import type { CorsReason } from '../decision/reasons.js';
import { PREFLIGHT_VARY, appendVary } from '../fetch/vary.js';

/** Has whatever answers the preflight say what was decided, and nothing else about CORS. */
export function completePreflight(response: ServerResponse, decision: PreflightDecision): void {
  completeOnWrite(response, completionOfPreflight(decision));
}

/** Has whatever answers a request without a decision grant nothing: the decision failed, or has not been made yet. */
export function completeUndecided(response: ServerResponse): void {
  completeOnWrite(response, { complete: withoutGrant });
}

function withoutGrant(headers: ResponseHeaders): void {
  removeCors(headers);
  varyByOrigin(headers);
}

function removeCors(headers: ResponseHeaders): void {
  for (const name of headers.names()) {
    if (name.startsWith('access-control-')) {
      headers.remove(name);
    }
  }
}

function completionOfPreflight(decision: PreflightDecision): HeaderCompletion {
  const cors = preflightHeaders(decision);
  return {
    complete: (headers) => {
      removeCors(headers);
      const vary = appendVary(headers.lines('vary').join(', ') || undefined, PREFLIGHT_VARY);
      if (vary !== undefined) {
        headers.set('Vary', vary);
      }
      cors.forEach(([name, value]) => headers.set(name, value));
    },
  };
}

/** Writes the whole answer to a preflight and ends it. The headers have the last word too, whatever wraps the response. */
export function answerPreflight(response: ServerResponse, decision: PreflightDecision): void {
  const completion = completionOfPreflight(decision);
  if (!completeOnWrite(response, completion)) {
    completion.complete(new PlainHeaders(response));
  }
  const status = decision.kind === 'granted' ? decision.policy.optionsSuccessStatus : 403;
  // A 204 has no Content-Length (RFC 9110, section 8.6); some clients wait for a body of any other status without one.
  if (status !== 204) {
    response.setHeader('Content-Length', '0');
  }
  response.statusCode = status;
  response.end();
}

/** The CORS headers of the answer to a preflight; none where it is refused. */
function preflightHeaders(decision: PreflightDecision): (readonly [name: string, value: string])[] {
  if (decision.kind === 'refused') {
    return [];
  }
  const { allowOrigin, allowCredentials, allowMethod, allowHeaders, maxAge } = decision;
  return [
    ['Access-Control-Allow-Origin', allowOrigin],
    ...(allowCredentials ? [['Access-Control-Allow-Credentials', 'true'] as const] : []),
    ['Access-Control-Allow-Methods', allowMethod],
    ...(allowHeaders === undefined ? [] : [['Access-Control-Allow-Headers', allowHeaders] as const]),
    ...(maxAge === undefined ? [] : [['Access-Control-Max-Age', maxAge] as const]),
  ];
}

/** Answers 403 in the place of the application, in the shape of Nest's own errors. */
export function answerForbidden(response: ServerResponse, { reason }: ActualDecision): void {
  response.statusCode = 403;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify({ message: refusalMessage(reason), error: 'Forbidden', statusCode: 403 }));
}

/** What a client is told of a refused actual request: the code of the reason, and no value of the policy. */
export function refusalMessage(reason: CorsReason): string {
  return `Refused by the CORS policy: ${reason}`;
}
