import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { ForeignHeader } from '../logging/foreign-header-log.js';
import { isForbiddenResponseHeader } from '../fetch/forbidden.js';
import type { ActualDecision } from '../decision/actual-decision.js';
import { type CorsReason, isPassing } from '../decision/reasons.js';
import { appendVary } from '../fetch/vary.js';
import { completeOnWrite } from './header-interception.js';
import { type ResponseHeaders, removeCors } from './response-headers.js';

/** The facts about a response that its CORS headers depend on. */
export interface CompletedResponse {
  /** Whether the page that sent the request cannot read the response. */
  readonly isBlocked: boolean;
  /** Whether a cache may store the response and revalidate it: GET and HEAD. */
  readonly isRetrieval: boolean;
  /** Whether the response differs by origin, so that caches need `Vary: Origin`. */
  readonly varies: boolean;
  /** Whether Node.js adds `Date` when it writes the headers. */
  readonly sendDate: boolean;
}

const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';
const ALLOW_CREDENTIALS = 'Access-Control-Allow-Credentials';
const EXPOSE_HEADERS = 'Access-Control-Expose-Headers';

/**
 * Replaces all CORS headers of a response by those of the decision.
 * @returns the CORS headers that stood there instead
 * @see https://fetch.spec.whatwg.org/#http-responses
 */
export function applyDecision(
  headers: ResponseHeaders,
  decision: ActualDecision,
  response: CompletedResponse,
): readonly ForeignHeader[] {
  const { policy, allowOrigin, allowCredentials, reason } = decision;
  if (response.varies) {
    varyByOrigin(headers);
    if (response.isBlocked && response.isRetrieval) {
      limitReuse(headers, reason);
    }
  }
  const { exposedHeaders } = policy;
  let exposed: string | undefined;
  if (allowOrigin !== undefined) {
    exposed = exposedHeaders.kind === 'all' ? exposeAll(headers, response.sendDate) : exposedHeaders.value;
  }
  const foreign: ForeignHeader[] = [];
  replace(headers, ALLOW_ORIGIN, allowOrigin, foreign);
  replace(headers, ALLOW_CREDENTIALS, allowCredentials ? 'true' : undefined, foreign);
  replace(headers, EXPOSE_HEADERS, exposed, foreign);
  return foreign;
}

/** Adds `Origin` to `Vary`. */
export function varyByOrigin(headers: ResponseHeaders): void {
  const lines = headers.lines('vary');
  // Most responses have no Vary.
  const value = lines.length === 0 ? 'Origin' : appendVary(lines.length > 1 ? lines : lines[0], 'Origin');
  if (value !== undefined) {
    headers.set('Vary', value);
  }
}

/** `exposedHeaders: 'all'`: the names of the headers that the response has. */
export function exposeAll(headers: ResponseHeaders, sendDate: boolean): string | undefined {
  const names = headers.names().filter((name) => !isNeverExposed(name));
  if (sendDate && !names.includes('date')) {
    names.push('date');
  }
  return names.length > 0 ? names.join(',') : undefined;
}

/**
 * @param foreign receives the replaced values
 */
function replace(headers: ResponseHeaders, name: string, value: string | undefined, foreign: ForeignHeader[]): void {
  const lines = headers.lines(name.toLowerCase());
  const written = lines.length === 0 ? undefined : lines.join(', ');
  if (written === value) {
    return;
  }
  if (value === undefined) {
    headers.remove(name);
  } else {
    headers.set(name, value);
  }
  if (written !== undefined) {
    foreign.push({ name, value: written, replacement: value });
  }
}

/**
 * Keeps caches from reusing a refusal after its reason has ended. With a validator, a cache would take a 304 for "unchanged": it
 * would still refuse an origin that is allowed now, or serve one that has lost its access. A refusal for lack of a lookup result is
 * not stored at all.
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-4.3
 */
function limitReuse(headers: ResponseHeaders, reason: ActualDecision['reason']): void {
  headers.remove('ETag');
  headers.remove('Last-Modified');
  if (isPassing(reason)) {
    headers.set('Cache-Control', 'no-store');
  }
}

/** Names that have no effect when they are exposed: scripts never read cookies, and CORS headers are for the browser. */
function isNeverExposed(name: string): boolean {
  // HTTP/2 has the status among the headers, as `:status`.
  return name.startsWith(':') || isForbiddenResponseHeader(name) || name.startsWith('access-control-');
}

/** Removes every grant from a response whose decision has failed, or is not made yet. */
export function completeUndecided(response: ServerResponse): void {
  completeOnWrite(response, { complete: withoutGrant });
}

function withoutGrant(headers: ResponseHeaders): void {
  removeCors(headers);
  varyByOrigin(headers);
}

/** Answers 403 in the place of the application. */
export function answerForbidden(response: ServerResponse, { reason }: ActualDecision): void {
  answerError(response, 403, refusalMessage(reason));
}

/** Answers with an error in the place of the application. */
export function answerError(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', ERROR_CONTENT_TYPE);
  response.end(errorBody(status, message));
}

/** The type of {@link errorBody}. */
export const ERROR_CONTENT_TYPE = 'application/json; charset=utf-8';

/** The body of an error, in the shape of Nest's own errors. */
export function errorBody(status: number, message: string): string {
  return JSON.stringify({ message, error: STATUS_CODES[status], statusCode: status });
}

/** What a client is told of a refused actual request: the code of the reason, and no value of the policy. */
export function refusalMessage(reason: CorsReason): string {
  return `Refused by the CORS policy: ${reason}`;
}
