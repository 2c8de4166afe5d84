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

/** A name of a header, as it is written and as it is looked for. */
interface HeaderName {
  readonly written: string;
  readonly lowerCase: string;
}

const ALLOW_ORIGIN = { written: 'Access-Control-Allow-Origin', lowerCase: 'access-control-allow-origin' };
const ALLOW_CREDENTIALS = {
  written: 'Access-Control-Allow-Credentials',
  lowerCase: 'access-control-allow-credentials',
};
const EXPOSE_HEADERS = { written: 'Access-Control-Expose-Headers', lowerCase: 'access-control-expose-headers' };

const NONE: readonly ForeignHeader[] = [];

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
  let foreign = replace(headers, ALLOW_ORIGIN, allowOrigin, NONE);
  foreign = replace(headers, ALLOW_CREDENTIALS, allowCredentials ? 'true' : undefined, foreign);
  return replace(headers, EXPOSE_HEADERS, exposed, foreign);
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

/** The names that were exposed last. Most responses of an application have the same headers as the one before. */
let lastExposed: { readonly names: readonly string[]; readonly sendDate: boolean; readonly value: string | undefined } =
  { names: [], sendDate: false, value: undefined };

/** `exposedHeaders: 'all'`: the names of the headers that the response has. */
export function exposeAll(headers: ResponseHeaders, sendDate: boolean): string | undefined {
  const names = headers.names();
  const { names: before } = lastExposed;
  const isSame = names.length === before.length && names.every((name, index) => name === before[index]);
  if (!isSame || sendDate !== lastExposed.sendDate) {
    lastExposed = { names, sendDate, value: exposable(names, sendDate) };
  }
  return lastExposed.value;
}

function exposable(names: readonly string[], sendDate: boolean): string | undefined {
  const exposed = names.filter((name) => !isNeverExposed(name));
  if (sendDate && !exposed.includes('date')) {
    exposed.push('date');
  }
  return exposed.length > 0 ? exposed.join(',') : undefined;
}

/** @returns `foreign`, with the replaced value */
function replace(
  headers: ResponseHeaders,
  { written: name, lowerCase }: HeaderName,
  value: string | undefined,
  foreign: readonly ForeignHeader[],
): readonly ForeignHeader[] {
  const lines = headers.lines(lowerCase);
  const present = lines.length === 0 ? undefined : lines.join(', ');
  if (present === value) {
    return foreign;
  }
  if (value === undefined) {
    headers.remove(name);
  } else {
    headers.set(name, value);
  }
  return present === undefined ? foreign : [...foreign, { name, value: present, replacement: value }];
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
