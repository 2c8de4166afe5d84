import type { IncomingMessage } from 'node:http';

/** What Express knows of where a request stands: it strips the path that a middleware is mounted on. */
interface MountedRequest {
  readonly url?: string | undefined;
  readonly baseUrl?: unknown;
}

/** Where the application of Express is mounted; `undefined` where the application is not one of Express. */
export function baseOf(raw: IncomingMessage): string | undefined {
  const { baseUrl } = raw as MountedRequest;
  return typeof baseUrl === 'string' ? baseUrl : undefined;
}

/**
 * The request target at this moment, as the application's own router would read it. Elsewhere than in Express, nothing
 * that happens to the URL after routing changes where the request goes.
 * @param base of the application, when the request came to it
 */
export function targetOf(raw: IncomingMessage, base: string | undefined, routed: string): string {
  const { url = '/' } = raw;
  const current = baseOf(raw);
  if (base === undefined || current === undefined) {
    return routed;
  }
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(url)?.[0] ?? '';
  const below = current.startsWith(base) ? current.slice(base.length) : current;
  return `${authority}${below}${url.slice(authority.length)}`;
}

/** Express adds a slash where a mounted middleware would see an empty path. */
export function isSameTarget(decided: string, current: string): boolean {
  return (
    current === decided || (current.length === decided.length + 1 && current.replace(/\/(?=\?|$)/, '') === decided)
  );
}
