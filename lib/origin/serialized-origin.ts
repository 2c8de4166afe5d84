/** A tuple origin, as a browser serializes it in an `Origin` header. */
export interface SerializedOrigin {
  readonly scheme: string;
  /** Lower-case ASCII domain, canonical IPv4 address, or canonical IPv6 address in brackets. */
  readonly host: string;
  /** `undefined`: the scheme's default port, which a serialized origin leaves out. */
  readonly port: number | undefined;
}

export const MAX_SCHEME_LENGTH = 64;
const MAX_HOST_LENGTH = 253; // https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4, as text
export const MAX_PORT_LENGTH = ':65535'.length;

/** Longest value that {@link parseSerializedOrigin} reads: scheme, `://`, host with a trailing dot, port. */
export const MAX_ORIGIN_LENGTH = MAX_SCHEME_LENGTH + '://'.length + MAX_HOST_LENGTH + 1 + MAX_PORT_LENGTH;

/** Ports that the URL parser drops: https://url.spec.whatwg.org/#special-scheme */
const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
  ['ftp', 21],
]);

// No two neighbouring parts share a character, so a match backtracks one label at most.
const SHAPE = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?)(?::(0|[1-9][0-9]{0,4}))?$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
/** https://url.spec.whatwg.org/#ends-in-a-number-checker */
const ENDS_IN_A_NUMBER = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)\.?$/;
export const MAX_LABEL_LENGTH = 63;
const LOOPBACK_NAME = /^(?:.+\.)?localhost\.?$/;
const LOOPBACK_ADDRESS = /^127(?:\.[0-9]{1,3}){3}$/;
const UNENCRYPTED_SCHEMES: ReadonlySet<string> = new Set(['http', 'ws', 'ftp']);
const LONG_LABEL = /[^.]{64}/; // https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4

/**
 * Reads a tuple origin in the one spelling that browsers produce.
 *
 * Origins are compared as strings, so other spellings (upper case, a default port, a path) are refused, not repaired. An
 * attacker controls the value: the time is linear in its bounded length, and nothing throws.
 *
 * @returns `undefined` for everything else, `null` included.
 * @see https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
 */
export function parseSerializedOrigin(value: string): SerializedOrigin | undefined {
  if (value.length > MAX_ORIGIN_LENGTH) {
    return undefined;
  }
  // Several parts of the library read one value for a request.
  if (value !== lastRead.value) {
    lastRead = { value, origin: readTupleOrigin(value) };
  }
  return lastRead.origin;
}

let lastRead: { readonly value: string; readonly origin: SerializedOrigin | undefined } = {
  value: '',
  origin: undefined,
};

function readTupleOrigin(value: string): SerializedOrigin | undefined {
  const parts = SHAPE.exec(value);
  if (parts === null) {
    return undefined;
  }
  const [, scheme, host, portText] = parts as unknown as [string, string, string, string | undefined];
  const port = portText === undefined ? undefined : Number(portText);
  return isTupleScheme(scheme) && isCanonicalHost(host) && (port === undefined || isSerializedPort(scheme, port))
    ? { scheme, host, port }
    : undefined;
}

/** Port that URLs of this scheme leave out; `undefined` for schemes outside of the URL standard. */
export function defaultPort(scheme: string): number | undefined {
  return DEFAULT_PORTS.get(scheme);
}

/** Whether a host is this machine: `localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_NAME.test(host) || LOOPBACK_ADDRESS.test(host) || host === '[::1]';
}

/**
 * Whether anyone on the network can speak in the name of this origin, or of an origin of this pattern.
 * @see https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
 */
export function isInsecureOrigin({ scheme, host }: Pick<SerializedOrigin, 'scheme' | 'host'>): boolean {
  return UNENCRYPTED_SCHEMES.has(scheme) && !isLoopbackHost(host);
}

/** Whether `host` is written the way a URL parser would write it. */
function isCanonicalHost(host: string): boolean {
  if (host.startsWith('[')) {
    return isFixpointOfUrlParser(host);
  }
  if (host.length > MAX_LABEL_LENGTH) {
    if (host.length - Number(host.endsWith('.')) > MAX_HOST_LENGTH || LONG_LABEL.test(host)) {
      return false;
    }
  }
  if (lastLabelBeginsWithDigit(host) && ENDS_IN_A_NUMBER.test(host)) {
    return IPV4.test(host);
  }
  // Not every `xn--` label is Punycode: https://url.spec.whatwg.org/#concept-domain-to-ascii
  return !host.includes('xn--') || isFixpointOfUrlParser(host);
}

/** A cheap test that most hosts fail, before {@link ENDS_IN_A_NUMBER}. */
function lastLabelBeginsWithDigit(host: string): boolean {
  const first = host.charCodeAt(host.lastIndexOf('.', host.length - 2) + 1);
  return first >= 0x30 && first <= 0x39;
}

/** Uses the URL parser, whose rules (IPv6 compression, IDNA) are too long to repeat. */
function isFixpointOfUrlParser(host: string): boolean {
  const url = `https://${host}`;
  return URL.canParse(url) && new URL(url).hostname === host;
}

/** `file:` URLs have an opaque origin: https://url.spec.whatwg.org/#concept-url-origin */
function isTupleScheme(scheme: string): boolean {
  return scheme !== 'file' && scheme.length <= MAX_SCHEME_LENGTH;
}

function isSerializedPort(scheme: string, port: number): boolean {
  return port <= 65535 && port !== DEFAULT_PORTS.get(scheme);
}
