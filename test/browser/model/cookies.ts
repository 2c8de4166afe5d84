import { isSameSite } from './origin.js';
import type { Client } from './request.js';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
  readonly sameSite: 'strict' | 'lax' | 'none';
}

/**
 * Cookies of a browser that lets third-party cookies through: kept per host, whatever the port, and sent by `SameSite`.
 * A cookie that does not say is Lax, as Chromium has it. Hosts of these tests are loopback ones, so that `Secure` cookies
 * go over plain http too.
 * @see https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html
 */
export class CookieJar {
  private cookies: Cookie[] = [];

  /** Keeps what a response to a subresource request sets. */
  store(url: string, lines: readonly string[], client: Client): void {
    for (const line of lines) {
      const cookie = parse(line, url);
      if (cookie !== undefined && (cookie.sameSite === 'none' || isFirstParty(client, url))) {
        this.cookies = this.cookies.filter(
          ({ name, host, path }) => name !== cookie.name || host !== cookie.host || path !== cookie.path,
        );
        this.cookies.push(cookie);
      }
    }
  }

  /** The value of `Cookie`; `undefined`: no cookie is sent. */
  cookieFor(url: string, client: Client): string | undefined {
    const { hostname, pathname } = new URL(url);
    const sent = this.cookies.filter(
      ({ host, path, sameSite }) =>
        host === hostname && pathname.startsWith(path) && (sameSite === 'none' || isFirstParty(client, url)),
    );
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** Names of the cookies that a host has. */
  namesOf(host: string): string[] {
    return this.cookies.filter((cookie) => cookie.host === host).map(({ name }) => name);
  }
}

/** Whether nobody of another site has a part in the request: the page in the address bar and the client itself. */
function isFirstParty({ origin, topLevel = origin }: Client, url: string): boolean {
  const target = new URL(url).origin;
  return isSameSite(origin, target) && isSameSite(topLevel, target);
}

/** What of `Set-Cookie` these tests use: Path, SameSite and Secure. */
function parse(line: string, url: string): Cookie | undefined {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const equals = pair.indexOf('=');
  const of = (wanted: string) =>
    attributes.map((text) => text.split('=')).find(([name]) => name?.toLowerCase() === wanted)?.[1];
  const sameSite = (of('samesite') ?? 'lax').toLowerCase();
  const secure = attributes.some((text) => text.toLowerCase() === 'secure');
  if ((sameSite !== 'strict' && sameSite !== 'lax' && sameSite !== 'none') || (sameSite === 'none' && !secure)) {
    return undefined;
  }
  const { hostname, pathname } = new URL(url);
  const path = of('path') ?? (pathname.slice(0, pathname.lastIndexOf('/')) || '/');
  return { name: pair.slice(0, equals), value: pair.slice(equals + 1), host: hostname, path, sameSite };
}
