import { isForbiddenMethod } from './methods.js';

/** Header lines: names and values. */
type HeaderList = readonly (readonly [name: string, value: string])[];

/** @see https://fetch.spec.whatwg.org/#forbidden-request-header */
const FORBIDDEN_REQUEST_HEADERS: ReadonlySet<string> = new Set(
  (
    'accept-charset accept-encoding access-control-request-headers access-control-request-method connection ' +
    'content-length cookie cookie2 date dnt expect host keep-alive origin referer set-cookie te trailer ' +
    'transfer-encoding upgrade via'
  ).split(' '),
);

/** Headers that give a request another method in some frameworks. */
const METHOD_OVERRIDES: ReadonlySet<string> = new Set(['x-http-method', 'x-http-method-override', 'x-method-override']);

/** Whether a browser ignores this header when a script sets it. */
export function isForbiddenRequestHeader(name: string, value: string): boolean {
  const lower = name.toLowerCase();
  if (FORBIDDEN_REQUEST_HEADERS.has(lower) || lower.startsWith('proxy-') || lower.startsWith('sec-')) {
    return true;
  }
  return METHOD_OVERRIDES.has(lower) && value.split(',').some((method) => isForbiddenMethod(method.trim()));
}

/**
 * Whether no script can read this header, exposed or not.
 * @see https://fetch.spec.whatwg.org/#forbidden-response-header-name
 */
export function isForbiddenResponseHeader(name: string): boolean {
  return /^set-cookie2?$/i.test(name);
}

/** The headers that a script can set, of those that it tried to set. */
export function settableHeaders(headers: HeaderList): HeaderList {
  return headers.filter(([name, value]) => !isForbiddenRequestHeader(name, value));
}
