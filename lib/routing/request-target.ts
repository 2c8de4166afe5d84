import { parse } from 'node:url';

// The characters for which `parseurl`, the parser of Express, calls url.parse().
const NEEDS_PARSER = /[\t\n\f\r #\u00a0\ufeff]/;

/** The path that Express matches routes with, `parseurl(req).pathname`; `undefined` where Express finds no route. */
export function expressPathname(url: string): string | undefined {
  if (url.startsWith('/') && !NEEDS_PARSER.test(url)) {
    const query = url.indexOf('?');
    return query === -1 ? url : url.slice(0, query);
  }
  try {
    return parse(url).pathname ?? undefined;
  } catch {
    return undefined; // Router.getPathname() catches the error, too
  }
}

// find-my-way 9.9 reads `http://host?a/b` as `/`, earlier versions read `/b`.
const QUERY_IN_AUTHORITY = /^[^/?#]+:\/\/[^/?#]*\?/;

/** Whether versions of Fastify's router read different paths in this target. No client needs such a target. */
export function hasAmbiguousPath(url: string): boolean {
  return !url.startsWith('/') && QUERY_IN_AUTHORITY.test(url);
}

/** Whether a target is neither a path nor a URL, or has invalid escapes. */
export function isMalformedTarget(url: string): boolean {
  try {
    decodeURIComponent(url.replace(/[?#][^]*$/, ''));
    return !/^(?:\/|https?:\/\/)/i.test(url);
  } catch {
    return true;
  }
}

/** The path of a request target as the client sent it, for logs and tenants. Routes are matched against another reading. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}
