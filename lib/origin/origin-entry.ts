import { canonicalOrigin } from './canonical-origin.js';
import { isNonstandardOrigin } from './nonstandard-origin.js';
import { parseOriginPattern, type OriginPattern } from './origin-pattern.js';
import { defaultPort, MAX_ORIGIN_LENGTH, parseSerializedOrigin, type SerializedOrigin } from './serialized-origin.js';

/** Why a string is not an origin. The first of this list that applies is reported. */
export type OriginFault =
  | 'empty'
  | 'json'
  | 'too-long'
  | 'several-origins'
  | 'quoted'
  | 'whitespace'
  | 'missing-scheme'
  | 'opaque-origin'
  | 'userinfo'
  | 'query'
  | 'path'
  | 'trailing-slash'
  | 'misplaced-wildcard'
  | 'non-ascii'
  | 'upper-case'
  | 'default-port'
  | 'invalid-port'
  | 'ip-address'
  | 'unparsable';

/** What an entry of an `origin` list or of a store is. */
export type OriginInspection =
  | { readonly kind: 'origin'; readonly origin: SerializedOrigin }
  | { readonly kind: 'pattern'; readonly pattern: OriginPattern }
  | { readonly kind: 'null' }
  /** Looks like an origin and is none: only its exact spelling can be allowed. */
  | { readonly kind: 'nonstandard' }
  | { readonly kind: 'wildcard' }
  | {
      readonly kind: 'malformed';
      readonly reason: OriginFault;
      /** What to write instead; `undefined` where that would be a guess. */
      readonly canonical: string | undefined;
    };

/**
 * Finds what an entry is, and what to write instead when it is malformed.
 *
 * @example
 * ```ts
 * inspectOrigin('https://Example.com/'); // { kind: 'malformed', reason: 'trailing-slash', canonical: 'https://example.com' }
 * ```
 */
export function inspectOrigin(text: string): OriginInspection {
  if (text === '*') {
    return { kind: 'wildcard' };
  }
  if (text === 'null') {
    return { kind: 'null' };
  }
  const origin = parseSerializedOrigin(text);
  if (origin !== undefined) {
    return { kind: 'origin', origin };
  }
  const pattern = parseOriginPattern(text);
  if (pattern !== undefined) {
    return { kind: 'pattern', pattern };
  }
  if (isNonstandardOrigin(text)) {
    return { kind: 'nonstandard' };
  }
  const reason = originFault(text);
  return { kind: 'malformed', reason, canonical: canonicalOrigin(reason === 'quoted' ? withoutQuotes(text) : text) };
}

/** Quotes of an environment variable that became part of its value; editors make typographic quotes. */
const QUOTES = /^["'`\u2018-\u201f]+|["'`\u2018-\u201f]+$/g;

/** The string without the quotes around it. */
export function withoutQuotes(text: string): string {
  return text.trim().replace(QUOTES, '');
}

/** A list or an object in JSON, with or without its quotes; `[::1]` is an address. */
const JSON_LIKE = /^\[(?![0-9a-f.]*:[0-9a-f:.]*\])|^\{\s*"/i;

/** https://url.spec.whatwg.org/#ends-in-a-number-checker, or an IPv6 address. */
const ADDRESS = /^\[.*\]|(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?(?::[0-9]+)?$/;

function originFault(text: string): OriginFault {
  const trimmed = text.trim();
  if (trimmed === '') {
    return 'empty';
  }
  if (JSON_LIKE.test(trimmed)) {
    return 'json';
  }
  if (trimmed.length > MAX_ORIGIN_LENGTH) {
    return 'too-long';
  }
  if (/[\s,;|][^/]*:\/\//.test(trimmed)) {
    return 'several-origins';
  }
  if (withoutQuotes(trimmed) !== trimmed) {
    return 'quoted';
  }
  if (/[\s\p{Cc}]/u.test(text)) {
    return 'whitespace';
  }
  if (/^(?:file|data|blob|about|javascript):/i.test(text)) {
    return 'opaque-origin';
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  return scheme === undefined
    ? 'missing-scheme'
    : faultAfterScheme(scheme.toLowerCase(), text.slice(scheme.length + 3), text);
}

function faultAfterScheme(scheme: string, rest: string, text: string): OriginFault {
  const authority = rest.replace(/[/\\?#].*/s, '');
  const port = /:([0-9]*)$/.exec(authority)?.[1];
  if (authority.includes('@')) {
    return 'userinfo';
  }
  if (/[?#]/.test(rest)) {
    return 'query';
  }
  if (rest.length > authority.length) {
    return rest.length === authority.length + 1 ? 'trailing-slash' : 'path';
  }
  if (
    authority
      .replace(/^\*\.(?=[^*])/, '')
      .replace(/(?<=[^*]):\*$/, '')
      .includes('*')
  ) {
    return 'misplaced-wildcard';
  }
  if (/[^\x21-\x7e]/.test(text)) {
    return 'non-ascii';
  }
  if (/[A-Z]/.test(text)) {
    return 'upper-case';
  }
  if (port !== undefined && (port === '' || Number(port) > 65535 || /^0./.test(port))) {
    return 'invalid-port';
  }
  if (port !== undefined && Number(port) === defaultPort(scheme)) {
    return 'default-port';
  }
  return ADDRESS.test(authority) ? 'ip-address' : 'unparsable';
}
