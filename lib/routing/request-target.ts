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
