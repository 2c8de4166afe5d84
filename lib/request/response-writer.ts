import type { ServerResponse } from 'node:http';
import { varyByOrigin } from './cors-headers.js';
import { completeOnWrite } from './header-interception.js';
import { type HeaderCompletion, PlainHeaders, type ResponseHeaders } from './response-headers.js';
import type { ActualDecision } from '../decision/actual-decision.js';
import type { PreflightDecision } from '../decision/preflight-decision.js';
import type { CorsReason } from '../decision/reasons.js';
import { PREFLIGHT_VARY, appendVary } from '../fetch/vary.js';

/** Has the response to a preflight say the decision, and nothing else about CORS. */
export class PreflightCompletion implements HeaderCompletion {
  constructor(private readonly decision: PreflightDecision) {}

  complete(headers: ResponseHeaders): void {
    removeCors(headers);
    const lines = headers.lines('vary');
    const vary = lines.length === 0 ? PREFLIGHT_VARY : appendVary(lines.join(', '), PREFLIGHT_VARY);
    if (vary !== undefined) {
      headers.set('Vary', vary);
    }
    if (this.decision.kind === 'granted') {
      const { allowOrigin, allowCredentials, allowMethod, allowHeaders, maxAge } = this.decision;
      headers.set('Access-Control-Allow-Origin', allowOrigin);
      if (allowCredentials) {
        headers.set('Access-Control-Allow-Credentials', 'true');
      }
      headers.set('Access-Control-Allow-Methods', allowMethod);
      if (allowHeaders !== undefined) {
        headers.set('Access-Control-Allow-Headers', allowHeaders);
      }
      if (maxAge !== undefined) {
        headers.set('Access-Control-Max-Age', maxAge);
      }
    }
  }

  /** Writes the whole response and ends it. The completion has the last word, whatever has wrapped the response since. */
  answer(response: ServerResponse): void {
    if (!completeOnWrite(response, this)) {
      this.complete(new PlainHeaders(response));
    }
    const status = this.decision.kind === 'granted' ? this.decision.policy.optionsSuccessStatus : 403;
    // A 204 has no Content-Length (RFC 9110, section 8.6); some clients wait for a body of any other status without one.
    if (status !== 204) {
      response.setHeader('Content-Length', '0');
    }
    response.statusCode = status;
    response.end();
  }
}

/** Has a response without a decision grant nothing: the decision failed, or has not been made yet. */
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
