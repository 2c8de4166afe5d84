import { isLoopbackHost } from './insecure-origin.js';
import { parseOriginPattern } from './origin-pattern.js';
import { defaultPort, parseSerializedOrigin } from './serialized-origin.js';

/** Longer texts are no slip of the pen: an origin with a path fits into a fraction of this. */
const MAX_TEXT_LENGTH = 2048;
const WITH_SCHEME = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i;

/**
 * The serialized origin, or the pattern, that somebody meant who wrote a URL, a host name or another spelling of it.
 *
 * @returns `undefined` where any answer would be a guess.
 */
export function canonicalOrigin(text: string): string | undefined {
  const trimmed = text.trim();
  // The URL parser drops line breaks and tabs, and would glue the lines of a list together to one host.
  if (trimmed.length > MAX_TEXT_LENGTH || /[\s\p{Cc}]/u.test(trimmed)) {
    return undefined;
  }
  const parts = WITH_SCHEME.exec(trimmed) as unknown as [string, scheme: string, rest: string] | null;
  return parts === null ? withScheme(trimmed) : compose(parts[1].toLowerCase(), authorityOf(parts[2]));
}

/** For `example.com` and `localhost:3000`. One label alone may be anything (`all`, `true`), and `a@b.c` is a person. */
function withScheme(text: string): string | undefined {
  const authority = authorityOf(text.replace(/^\/\//, ''));
  return /[.[]|^localhost(?::|$)/i.test(authority) && !text.includes('@') ? compose(undefined, authority) : undefined;
}

function authorityOf(rest: string): string {
  return rest.replace(/[/\\?#].*/, '').replace(/.*@/, '');
}

function compose(writtenScheme: string | undefined, authority: string): string | undefined {
  const portText = /:(\*|[0-9]*)$/.exec(authority)?.[1];
  const host = canonicalHost(portText === undefined ? authority : authority.slice(0, -1 - portText.length));
  if (host === undefined) {
    return undefined;
  }
  const scheme = writtenScheme ?? (isLoopbackHost(host) ? 'http' : 'https');
  const port = portText === '*' ? portText : canonicalPort(scheme, portText);
  const candidate = port === '' ? `${scheme}://${host}` : `${scheme}://${host}:${port}`;
  return (parseSerializedOrigin(candidate) ?? parseOriginPattern(candidate)) && candidate;
}

/**
 * Lower case, Punycode, canonical IP addresses; a star is a letter like any other.
 * @see https://url.spec.whatwg.org/#concept-host-parser
 */
function canonicalHost(text: string): string | undefined {
  const url = `https://${text}`;
  // Another colon than those of an IPv6 address is a second port, which the URL parser may drop.
  return /^(?:\[.*\]|[^:]*)$/.test(text) && URL.canParse(url) ? new URL(url).hostname : undefined;
}

function canonicalPort(scheme: string, text: string | undefined): string {
  if (text === undefined || text === '') {
    return '';
  }
  const port = Number(text);
  return port === defaultPort(scheme) ? '' : String(port);
}

/** An origin or pattern with its scheme replaced by `https`. */
export function encryptedOrigin(origin: string): string | undefined {
  return canonicalOrigin(origin.replace(/^[a-z]+/, 'https'));
}
