import { parseOriginPattern } from './origin-pattern.js';
import { defaultPort, isLoopbackHost, parseSerializedOrigin } from './serialized-origin.js';

/** An origin with a path is much shorter. */
const MAX_TEXT_LENGTH = 2048;
const WITH_SCHEME = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i;

/**
 * The origin or pattern that a URL, a host name or another spelling means.
 *
 * @returns `undefined` where it would be a guess.
 */
export function canonicalOrigin(text: string): string | undefined {
  const trimmed = text.trim();
  // The URL parser drops line breaks and tabs: the lines of a list would become one host.
  if (trimmed.length > MAX_TEXT_LENGTH || /[\s\p{Cc}]/u.test(trimmed)) {
    return undefined;
  }
  const parts = WITH_SCHEME.exec(trimmed) as unknown as [string, scheme: string, rest: string] | null;
  return parts === null ? withScheme(trimmed) : compose(parts[1].toLowerCase(), authorityOf(parts[2]));
}

/** For `example.com` and `localhost:3000`. A single label may be any word (`all`, `true`), and `a@b.c` is an address. */
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
 * Lower case, Punycode, canonical IP addresses. A star is read like a letter.
 * @see https://url.spec.whatwg.org/#concept-host-parser
 */
function canonicalHost(text: string): string | undefined {
  const url = `https://${text}`;
  // Outside of an IPv6 address, a colon begins a second port, which the URL parser may drop.
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
