import { oneLine } from '../support/one-line.js';
import { quoted } from '../support/quoted.js';
import { isKnownMethod } from '../fetch/methods.js';
import { isToken } from '../fetch/token.js';
import { isNonstandardOrigin } from '../origin/nonstandard-origin.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';

/** Longest path that a log line shows. */
const MAX_PATH_LENGTH = 100;
/** The longest method in IANA's registry has 17 letters. */
const MAX_METHOD_LENGTH = 20;

/**
 * An origin as a log may show it. A serialized origin, or one of the same form (`file://`), has no spaces, control characters or
 * password. Others are not shown.
 */
export function shownOrigin(origin: string | undefined): string {
  if (origin === undefined || origin === 'null') {
    return String(origin);
  }
  return parseSerializedOrigin(origin) !== undefined || isNonstandardOrigin(origin)
    ? origin
    : `a malformed origin of ${origin.length} characters`;
}

/** A method as a log may show it: a token of ordinary length. Others are not shown. */
export function shownMethod(method: string): string {
  return isKnownMethod(method) || (method.length <= MAX_METHOD_LENGTH && isToken(method))
    ? method
    : `a method of ${method.length} characters`;
}

/**
 * The path of a request as a log may show it: one word of bounded length. Parts that may hold secrets are left out: the query, also
 * behind an encoded `?`, the parameters of a segment, and the userinfo of a whole URL.
 */
export function shownPath(url: string): string {
  // Enough for a path after a long scheme and host, and bounded before the search.
  const target = url.slice(0, 10 * MAX_PATH_LENGTH);
  const end = target.search(/[?#]|%(?:25)*(?:3f|23)/i);
  const path = oneLine((end === -1 ? target : target.slice(0, end)).replace(/;[^/]*/g, ';…')).replace(
    /[^\x21-\x7e…]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return path.length > MAX_PATH_LENGTH || url.length > target.length ? `${path.slice(0, MAX_PATH_LENGTH)}…` : path;
}

/** A tenant as a log may show it: in quotes, escaped, and of bounded length. */
export function shownTenant(tenant: string): string {
  return quoted(tenant);
}
