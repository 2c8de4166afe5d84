import { MAX_ORIGIN_LENGTH, parseSerializedOrigin, type SerializedOrigin } from './serialized-origin.js';

/** A pattern for several origins: `https://*.example.com`, `https://app.example.com:*`. */
export interface OriginPattern {
  readonly scheme: string;
  /** Whether one or more labels have to stand before {@link host}. */
  readonly subdomains: boolean;
  /** The host without its star. */
  readonly host: string;
  /** A port, `undefined` for the scheme's default port, or any port, the default one included. */
  readonly port: number | undefined | 'any';
}

const SUBDOMAINS = '://*.';
const ANY_PORT = ':*';

/**
 * Reads a pattern. A star stands for whole labels at the left end of the host, or for the whole port. A star within a label
 * (`https://app-*.example.com`) would allow everyone who can register a matching name.
 *
 * @returns `undefined` for a string without a star, or with a star in another place.
 */
export function parseOriginPattern(text: string): OriginPattern | undefined {
  if (text.length > MAX_ORIGIN_LENGTH + SUBDOMAINS.length) {
    return undefined;
  }
  const subdomains = text.includes(SUBDOMAINS);
  const anyPort = text.endsWith(ANY_PORT);
  if (!subdomains && !anyPort) {
    return undefined;
  }
  const withoutPort = anyPort ? text.slice(0, -ANY_PORT.length) : text;
  const origin = parseSerializedOrigin(withoutPort.replace(SUBDOMAINS, '://'));
  if (origin === undefined || (anyPort && origin.port !== undefined) || (subdomains && isAddress(origin.host))) {
    return undefined;
  }
  return { scheme: origin.scheme, subdomains, host: origin.host, port: anyPort ? 'any' : origin.port };
}

/** Patterns by scheme and host, so that a search costs the same for 1 and for 10,000 of them. */
export class OriginPatternIndex {
  readonly #hosts = new Map<string, Set<OriginPattern['port']>>();
  readonly #parents = new Map<string, Set<OriginPattern['port']>>();
  #longestParent = 0;

  constructor(patterns: Iterable<OriginPattern> = []) {
    for (const pattern of patterns) {
      this.add(pattern);
    }
  }

  get isEmpty(): boolean {
    return this.#hosts.size + this.#parents.size === 0;
  }

  add({ scheme, subdomains, host, port }: OriginPattern): void {
    const ports = subdomains ? this.#parents : this.#hosts;
    const key = indexKey(scheme, host);
    ports.set(key, (ports.get(key) ?? new Set()).add(port));
    this.#longestParent = subdomains ? Math.max(this.#longestParent, host.length) : this.#longestParent;
  }

  delete({ scheme, subdomains, host, port }: OriginPattern): void {
    const all = subdomains ? this.#parents : this.#hosts;
    const key = indexKey(scheme, host);
    const ports = all.get(key);
    if (ports?.delete(port) === true && ports.size === 0) {
      all.delete(key);
    }
  }

  allows({ scheme, host, port }: SerializedOrigin): boolean {
    if (admits(this.#hosts.get(indexKey(scheme, host)), port)) {
      return true;
    }
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      const parentLength = host.length - dot - 1;
      // Bounds the work on a host of 127 labels.
      if (
        parentLength <= this.#longestParent &&
        admits(this.#parents.get(indexKey(scheme, host.slice(dot + 1))), port)
      ) {
        return true;
      }
    }
    return false;
  }
}

function indexKey(scheme: string, host: string): string {
  return `${scheme}://${host}`;
}

function admits(ports: ReadonlySet<OriginPattern['port']> | undefined, port: number | undefined): boolean {
  return ports !== undefined && (ports.has('any') || ports.has(port));
}

/** An IP address has no subdomains. */
function isAddress(host: string): boolean {
  return host.startsWith('[') || /^[0-9.]+$/.test(host);
}
