import type { IncomingMessage } from 'node:http';

/** What Express knows of where a request stands: it strips the path that a middleware is mounted on. */
interface MountedRequest {
  readonly url?: string | undefined;
  readonly baseUrl?: unknown;
}

/** Where the request stands at this moment, below the application of Express that mounted its handler. */
export function baseOf(raw: IncomingMessage): string {
  const { baseUrl } = raw as MountedRequest;
  return typeof baseUrl === 'string' ? baseUrl : '';
}

/**
 * The request target at this moment, as the application's own router would read it. Elsewhere than in Express, nothing
 * that happens to the URL after routing changes where the request goes.
 */
export function targetOf(raw: IncomingMessage, base: string, routed: string): string {
  const { url = '/', baseUrl } = raw as MountedRequest;
  if (typeof baseUrl !== 'string' || baseUrl === base) {
    return typeof baseUrl === 'string' ? url : routed;
  }
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(url)?.[0] ?? '';
  const below = baseUrl.startsWith(base) ? baseUrl.slice(base.length) : baseUrl;
  return `${authority}${below}${url.slice(authority.length)}`;
}

/** Express adds a slash where a mounted middleware would see an empty path. */
export function isSameTarget(decided: string, current: string): boolean {
  return (
    current === decided || (current.length === decided.length + 1 && current.replace(/\/(?=\?|$)/, '') === decided)
  );
}
