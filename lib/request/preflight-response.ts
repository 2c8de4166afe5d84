import type { ServerResponse } from 'node:http';
import { completeOnWrite } from './header-interception.js';
import { type HeaderCompletion, PlainHeaders, type ResponseHeaders, removeCors } from './response-headers.js';
import type { PreflightDecision } from '../decision/preflight-decision.js';
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
