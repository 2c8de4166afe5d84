import type { OriginPattern } from '../origin/origin-pattern.js';
import type { SerializedOrigin } from '../origin/serialized-origin.js';

/** The patterns of one tenant, by scheme and host, so that what covers an origin is found in as many steps as it has labels. */
export class OriginCoverage<Row> {
  readonly #hosts = new Map<string, Row>();
  readonly #parents = new Map<string, Map<OriginPattern['port'], Row>>();
  /** Lengths of the hosts of patterns over subdomains: few, while an origin may have 127 parents. */
  readonly #lengths = new Set<number>();

  add({ scheme, subdomains, host, port }: OriginPattern, row: Row): void {
    const key = `${scheme}://${host}`;
    if (subdomains) {
      this.#parents.set(key, (this.#parents.get(key) ?? new Map<OriginPattern['port'], Row>()).set(port, row));
      this.#lengths.add(host.length);
    } else {
      this.#hosts.set(key, row);
    }
  }

  /** The row of a pattern that stands for all that `covered` stands for, and for more. */
  covering(covered: SerializedOrigin | OriginPattern): Row | undefined {
    const { scheme, host, port } = covered;
    const ofHost = port === 'any' ? undefined : this.#anyPort(covered);
    if (ofHost !== undefined) {
      return ofHost;
    }
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      if (this.#lengths.has(host.length - dot - 1)) {
        const ports = this.#parents.get(`${scheme}://${host.slice(dot + 1)}`);
        const row = ports?.get('any') ?? ports?.get(port);
        if (row !== undefined) {
          return row;
        }
      }
    }
    return undefined;
  }

  /** The same host or the same subdomains, with any port. */
  #anyPort(covered: SerializedOrigin | OriginPattern): Row | undefined {
    const key = `${covered.scheme}://${covered.host}`;
    return 'subdomains' in covered && covered.subdomains ? this.#parents.get(key)?.get('any') : this.#hosts.get(key);
  }
}
