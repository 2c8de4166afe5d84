import { parse } from 'node:url';

// The characters that make `parseurl`, which Express routes by, hand over to url.parse().
const NEEDS_PARSER = /[\t\n\f\r #\u00a0\ufeff]/;

/** The path that Express matches routes with: `parseurl(req).pathname`. `undefined`: Express finds no route at all. */
export function expressPathname(url: string): string | undefined {
  if (url.startsWith('/') && !NEEDS_PARSER.test(url)) {
    const query = url.indexOf('?');
    return query === -1 ? url : url.slice(0, query);
  }
  try {
    return parse(url).pathname ?? undefined;
  } catch {
    return undefined; // Router.getPathname() catches it too
  }
}

// `http://host?a/b`: find-my-way 9.9 made `/` of it, earlier ones `/b`. The application's Fastify may have either.
const QUERY_IN_AUTHORITY = /^[^/?#]+:\/\/[^/?#]*\?/;

/** Whether the versions of Fastify's router disagree on what the path of this target is. No client needs such a target. */
export function hasDisputedPath(url: string): boolean {
  return !url.startsWith('/') && QUERY_IN_AUTHORITY.test(url);
}

/** Whether a target is neither a path nor a URL with one, or has escapes that stand for nothing. */
export function isMalformedTarget(url: string): boolean {
  try {
    decodeURIComponent(url.replace(/[?#][^]*$/, ''));
    return !/^(?:\/|https?:\/\/)/i.test(url);
  } catch {
    return true;
  }
}
