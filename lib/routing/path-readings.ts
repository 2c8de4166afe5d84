/** A path that all servers read in one way. */
const PLAIN_PATH = /^(?:\/|(?:\/(?!\.{1,2}(?:[/?#]|$))[^%;\\A-Z\u0080-\uffff/?#]+)+)(?=[?#]|$)/;
const DOTS_OR_END = /\/(?:\.{1,2}(?:\/|$)|$)/;

/** Servers decode once, and proxies before them once or twice. */
const MAX_ROUNDS = 4;
/** Paths that clients send have fewer readings. */
const MAX_READINGS = 24;
/** Paths that clients send are shorter unless they are plain. Reading a longer path would cost more than serving it. */
const MAX_LENGTH = 2048;

const ESCAPE = /%([0-9a-f]{2})/gi;
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;
/** The part that `new URL(target, base)` reads as a host. */
const AUTHORITY_WITHOUT_SCHEME = /^\/{2,}[^/]*/;

/** The ways in which servers may read a path. */
export interface PathReadings {
  /** Paths as octets, with one character per octet. */
  readonly paths: ReadonlySet<string>;
  /** False where the path has too many readings or is too long. */
  readonly isComplete: boolean;
}

const TOO_LONG: PathReadings = { paths: new Set(), isComplete: false };

/**
 * The readings of a request target's path by all servers on its way. They differ in rounds of decoding, `;parameters`, backslashes
 * as slashes, repeated slashes, `//host` and dot segments. Each takes linear time.
 * @param isCaseKept whether a path in lower case has to be compared without case too
 * @returns undefined where all readings equal the path as written
 */
export function pathReadings(url: string, isCaseKept = false): PathReadings | undefined {
  if (!isCaseKept && PLAIN_PATH.test(url)) {
    return undefined;
  }
  const from = AUTHORITY.exec(url)?.[0].length ?? 0;
  const length = url.slice(from).search(/[?#]|$/);
  if (length > MAX_LENGTH) {
    return TOO_LONG;
  }
  const written = octetsOf(url.slice(from, from + length));
  const paths = new Set<string>();
  // Some servers remove the parameters before they decode.
  const starts = new Set([written, withoutParameters(written)]);
  const isComplete = [...starts].every((start) => addRounds(paths, start));
  return { paths, isComplete };
}

/** A path of the application's options as octets, decoded once. */
export function decodedOctets(path: string): string {
  return decodedOnce(Buffer.from(path, 'utf8').toString('latin1'));
}

/** The octets as a string in lower case. */
export function withoutCase(octets: string): string {
  return stringOf(octets).toLowerCase();
}

/** The octets as a path that a client would send. */
export function asPath(octets: string): string {
  return encodeURI(stringOf(octets)).replace(/[?#]/g, encodeURIComponent);
}

/** Adds the readings after each round of decoding. Returns false where there are too many. */
function addRounds(paths: Set<string>, start: string): boolean {
  let path = start;
  for (let round = 0; round <= MAX_ROUNDS && paths.size <= MAX_READINGS; round++) {
    const decoded = decodedOnce(path);
    // The router reads the path as it is written.
    if (round > 0 || decoded === path) {
      addForms(paths, path);
    }
    if (decoded === path) {
      return paths.size <= MAX_READINGS;
    }
    path = decoded;
  }
  return false;
}

function addForms(paths: Set<string>, path: string): void {
  for (const form of new Set([path, withoutParameters(path)])) {
    for (const slashed of new Set([form, form.replaceAll('\\', '/')])) {
      paths.add(slashed);
      paths.add(resolved(slashed));
      paths.add(resolved(slashed.replace(/\/{2,}/g, '/')));
      paths.add(resolved(slashed.replace(AUTHORITY_WITHOUT_SCHEME, '') || '/'));
    }
  }
}

function decodedOnce(octets: string): string {
  return octets.includes('%')
    ? octets.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : octets;
}

function withoutParameters(path: string): string {
  return path.includes(';') ? path.replace(/;[^/]*/g, '') : path;
}

/** The path without dot segments and final slashes. */
function resolved(path: string): string {
  if (!DOTS_OR_END.test(path)) {
    return path;
  }
  const segments: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') {
      segments.pop();
    } else if (segment !== '.') {
      segments.push(segment);
    }
  }
  while (segments.at(-1) === '') {
    segments.pop();
  }
  return `/${segments.join('/')}`;
}

/** Node.js has one character per octet of a request target. Tests and tools may pass other characters. */
function octetsOf(target: string): string {
  return /[^\0-\xff]/.test(target) ? Buffer.from(target, 'utf8').toString('latin1') : target;
}

function stringOf(octets: string): string {
  return /[\x80-\xff]/.test(octets) ? Buffer.from(octets, 'latin1').toString('utf8') : octets;
}
