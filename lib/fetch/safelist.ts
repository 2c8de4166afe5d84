import { trimOptionalWhitespace } from './token.js';

/** Header lines: names and values. */
type HeaderList = readonly (readonly [name: string, value: string])[];

/** Longest safelisted value, in bytes. */
const MAX_VALUE_BYTES = 128;
/** Most bytes of all safelisted values together. */
const MAX_TOTAL_BYTES = 1024;

/** @see https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte */
// oxlint-disable-next-line no-control-regex -- the standard names these bytes
const UNSAFE_BYTE = /[\0-\x08\x0a-\x1f"():<>?@[\\\]{}\x7f]/;
const LANGUAGE = /^[0-9A-Za-z *,\-.;=]*$/;
const SAFE_CONTENT_TYPES: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);

/** @see https://fetch.spec.whatwg.org/#cors-safelisted-method */
export function isSafelistedMethod(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'POST';
}

/** @see https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
export function isSafelistedRequestHeader(name: string, value: string): boolean {
  if (value.length > MAX_VALUE_BYTES) {
    return false;
  }
  switch (name.toLowerCase()) {
    case 'accept':
      return !UNSAFE_BYTE.test(value);
    case 'accept-language':
    case 'content-language':
      return LANGUAGE.test(value);
    case 'content-type':
      return !UNSAFE_BYTE.test(value) && SAFE_CONTENT_TYPES.has(mimeEssence(value));
    case 'range':
      return isSafelistedRange(value);
    default:
      return false;
  }
}

/**
 * Whether a script may set a header in a request that cannot have a preflight.
 * @see https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header
 */
export function isNoCorsSafelistedRequestHeader(name: string, value: string): boolean {
  return name.toLowerCase() !== 'range' && isSafelistedRequestHeader(name, value);
}

/**
 * The names that a preflight has to request: lower case, each once, sorted.
 * @see https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
 */
export function corsUnsafeHeaderNames(headers: HeaderList): readonly string[] {
  const unsafe = new Set<string>();
  const safelisted = headers.filter(([name, value]) => {
    const safe = isSafelistedRequestHeader(name, value);
    if (!safe) {
      unsafe.add(name.toLowerCase());
    }
    return safe;
  });
  if (safelisted.reduce((total, [, value]) => total + value.length, 0) > MAX_TOTAL_BYTES) {
    safelisted.forEach(([name]) => unsafe.add(name.toLowerCase()));
  }
  return [...unsafe].sort();
}

/**
 * Type and subtype of a MIME type, without its parameters.
 * @see https://mimesniff.spec.whatwg.org/#parse-a-mime-type
 */
function mimeEssence(value: string): string {
  const essence = value.split(';', 1)[0] as string;
  return trimOptionalWhitespace(essence).toLowerCase();
}

/** One range with a start: https://fetch.spec.whatwg.org/#simple-range-header-value */
function isSafelistedRange(value: string): boolean {
  const range = /^bytes=([0-9]+)-([0-9]*)$/.exec(value);
  return range !== null && (range[2] === '' || BigInt(range[1] as string) <= BigInt(range[2] as string));
}
