import { MAX_ORIGIN_LENGTH, parseSerializedOrigin, type SerializedOrigin } from './serialized-origin.js';

/** A set of origins that one text stands for: `https://*.example.com`, `https://app.example.com:*`. */
export interface OriginPattern {
  readonly scheme: string;
  /** Whether one or more labels have to come before {@link host}. */
  readonly subdomains: boolean;
  /** The part of the host that is spelled out. */
  readonly host: string;
  /** A port, `undefined` for the scheme's default port, or any port, the default one included. */
  readonly port: number | undefined | 'any';
}

const SUBDOMAINS = '://*.';
const ANY_PORT = ':*';

/**
 * Reads a pattern. The star stands for whole labels at the left end of the host, or for the whole port, and for nothing
 * else: a star within a label (`https://app-*.example.com`) would let whoever can register a matching name in.
 *
 * @returns `undefined` when `text` has no star, or is no pattern.
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

/** The hosts and ports that patterns allow, by scheme and host, so that a lookup costs the same for 1 and for 10,000. */
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

  /** Removes a pattern that was added; what it costs does not depend on how many there are. */
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
      // Bounds the work on a host of 127 labels by what the patterns themselves can match.
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
