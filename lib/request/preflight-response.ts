import type { ServerResponse } from 'node:http';
import { completeOnWrite } from './header-interception.js';
import { type HeaderCompletion, PlainHeaders, type ResponseHeaders, removeCors } from './response-headers.js';
import type { GrantedPreflight, PreflightDecision } from '../decision/preflight-decision.js';
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
      corsLines(this.decision).forEach(([name, value]) => headers.set(name, value));
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

/** The headers of a granted preflight, in their order. */
export function grantedLines(decision: GrantedPreflight): readonly (readonly [name: string, value: string])[] {
  const length = decision.policy.optionsSuccessStatus === 204 ? [] : [['Content-Length', '0'] as const];
  return [...length, ['Vary', PREFLIGHT_VARY], ...corsLines(decision)];
}

function corsLines(decision: GrantedPreflight): (readonly [name: string, value: string])[] {
  const { allowOrigin, allowCredentials, allowMethod, allowHeaders, maxAge } = decision;
  return [
    ['Access-Control-Allow-Origin', allowOrigin],
    ...(allowCredentials ? [['Access-Control-Allow-Credentials', 'true'] as const] : []),
    ['Access-Control-Allow-Methods', allowMethod],
    ...(allowHeaders === undefined ? [] : [['Access-Control-Allow-Headers', allowHeaders] as const]),
    ...(maxAge === undefined ? [] : [['Access-Control-Max-Age', maxAge] as const]),
  ];
}
