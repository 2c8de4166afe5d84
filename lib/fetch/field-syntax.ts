import { isToken } from './token.js';

// Real lists are short. The bounds limit the echo of a hostile list.
const MAX_LIST_BYTES = 8192;
const MAX_LIST_ELEMENTS = 128;

// The longest method in IANA's registry has 17 letters.
const MAX_METHOD_LENGTH = 64;

/** Whether `value` is one method of a reasonable length. */
export function isMethod(value: string): boolean {
  return value.length <= MAX_METHOD_LENGTH && isToken(value);
}

/**
 * The names in a value of `Access-Control-Request-Headers`, trimmed and in lower case; `undefined` when it is malformed or
 * too long. Several header lines arrive joined by commas. Empty elements are ignored, but count (RFC 9110, section 5.6.1.2).
 * @see https://fetch.spec.whatwg.org/#http-access-control-request-headers
 */
export function parseHeaderNames(value: string): readonly string[] | undefined {
  if (value.length > MAX_LIST_BYTES) {
    return undefined;
  }
  // A preflight's value is read twice: it is checked first and granted later.
  if (value !== lastRead.value) {
    lastRead = { value, names: readHeaderNames(value) };
  }
  return lastRead.names;
}

let lastRead: { readonly value: string; readonly names: readonly string[] | undefined } = { value: '', names: [] };

function readHeaderNames(value: string): readonly string[] | undefined {
  const elements = value.split(',', MAX_LIST_ELEMENTS + 1);
  if (elements.length > MAX_LIST_ELEMENTS) {
    return undefined;
  }
  const names: string[] = [];
  for (const element of elements) {
    const name = trimOptionalWhitespace(element);
    if (name === '') {
      continue;
    }
    // '*' is a token; echoed, it would be a wildcard.
    if (name === '*' || !isToken(name)) {
      return undefined;
    }
    names.push(name.toLowerCase());
  }
  return names;
}

/**
 * Removes SP and HTAB at both ends; trim() would remove more. A loop, since a regular expression takes quadratic time on 8 KiB
 * of spaces.
 */
export function trimOptionalWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (isOptionalWhitespace(text.charCodeAt(start))) {
    start++;
  }
  while (isOptionalWhitespace(text.charCodeAt(end - 1))) {
    end--;
  }
  return text.slice(start, end);
}

function isOptionalWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
