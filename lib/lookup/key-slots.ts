/** A power of two. With so many slots, a key outlasts some 40,000 others that come after it. */
const SLOTS = 1 << 16;
/** https://datatracker.ietf.org/doc/draft-eastlake-fnv/: the prime of FNV-1a with 32 bits. */
const PRIME = 16_777_619;

/**
 * Which keys came lately, in a fixed amount of memory: each slot holds the hash of the last key that fell into it. A key may
 * be displaced, or taken for another one, so that nothing may be allowed by it.
 */
export class KeySlots {
  static readonly count = SLOTS;
  /** Random for each process, so that a client cannot choose keys that displace a certain other key. */
  private readonly seed = Math.floor(Math.random() * 2 ** 32);
  private readonly hashes = new Uint32Array(SLOTS);

  /** The slot of the key; `undefined` where the key is not there. */
  find(key: string): number | undefined {
    const hash = this.hashOf(key);
    return this.hashes[hash % SLOTS] === hash ? hash % SLOTS : undefined;
  }

  /** The slot of the key from now on. */
  take(key: string): number {
    const hash = this.hashOf(key);
    this.hashes[hash % SLOTS] = hash;
    return hash % SLOTS;
  }

  /** Not zero, which is what an empty slot holds. */
  private hashOf(key: string): number {
    let hash = this.seed;
    for (let i = 0; i < key.length; i++) {
      hash = Math.imul(hash ^ key.charCodeAt(i), PRIME);
    }
    // Its low bits choose the slot, so the high ones are mixed into them.
    return (hash ^ (hash >>> 15)) >>> 0 || 1;
  }
}
