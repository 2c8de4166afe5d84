import type { ServerResponse } from 'node:http';
import { type WholeHead, completeOnWrite, endWith } from './header-interception.js';
import { type HeaderCompletion, PlainHeaders, type ResponseHeaders, removeCors } from './response-headers.js';
import type { GrantedPreflight, PreflightDecision } from '../decision/preflight-decision.js';
import { PREFLIGHT_VARY, appendVary } from '../fetch/vary.js';

/** Replaces all CORS headers of the response to a preflight by those of the decision. */
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

  /** Writes the whole response and ends it. The completion replaces headers even if something has wrapped the response since. */
  answer(response: ServerResponse): void {
    if (!completeOnWrite(response, this)) {
      this.complete(new PlainHeaders(response));
    }
    const status = statusOf(this.decision);
    // A 204 has no Content-Length (RFC 9110, section 8.6); some clients wait for a body of any other status without one.
    if (status !== 204) {
      response.setHeader('Content-Length', '0');
    }
    response.statusCode = status;
    response.end();
  }
}

/** The whole response to a preflight, prepared except for the origin. */
export class PreparedResponse {
  private readonly status: number;
  private readonly lines: readonly string[];
  /** The index of the origin among the lines; -1 where it is absent. */
  private readonly originAt: number;

  /** @param decision with any origin, where it is a grant to one */
  constructor(readonly decision: PreflightDecision) {
    this.status = statusOf(decision);
    const cors = decision.kind === 'granted' ? corsLines(decision) : [];
    this.lines = [...(this.status === 204 ? [] : ['Content-Length', '0']), 'Vary', PREFLIGHT_VARY, ...cors.flat()];
    this.originAt = isForOneOrigin(decision) ? this.lines.indexOf('Access-Control-Allow-Origin') + 1 : -1;
  }

  /**
   * Ends the response as {@link PreflightCompletion} does, for an origin that the decision holds for. It must not be used where
   * something else reads the headers of the response.
   * @param first names and values of headers that the framework puts in front, in turn
   * @returns whether it has been ended; that is left to the completion otherwise
   */
  answer(response: ServerResponse, origin: string, first: readonly string[]): boolean {
    const lines = first.concat(this.lines);
    if (this.originAt !== -1) {
      lines[first.length + this.originAt] = origin;
    }
    return endWith(response, this.status, new PreparedHead(lines, origin, this.decision));
  }
}

/** The headers of a prepared response to one preflight. */
class PreparedHead implements WholeHead {
  constructor(
    readonly lines: readonly string[],
    private readonly origin: string,
    private readonly decision: PreflightDecision,
  ) {}

  complete(headers: ResponseHeaders): void {
    const { lines } = this;
    for (let at = 0; at < lines.length; at += 2) {
      const name = lines[at]!;
      if (headers.lines(name.toLowerCase()).length === 0) {
        headers.set(name, lines[at + 1]!);
      }
    }
    new PreflightCompletion(decisionFor(this.origin, this.decision)).complete(headers);
  }
}

/** The decision about the preflight of another origin in the policy's list. */
export function decisionFor(origin: string, decision: PreflightDecision): PreflightDecision {
  return isForOneOrigin(decision) ? { ...decision, allowOrigin: origin } : decision;
}

function isForOneOrigin(decision: PreflightDecision): decision is GrantedPreflight {
  return decision.kind === 'granted' && decision.allowOrigin !== '*';
}

function statusOf(decision: PreflightDecision): number {
  return decision.kind === 'granted' ? decision.policy.optionsSuccessStatus : 403;
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
