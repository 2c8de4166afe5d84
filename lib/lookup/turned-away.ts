/** A power of two. With so many slots, a key outlasts some 40,000 others that are turned away after it. */
const SLOTS = 1 << 16;
/** https://datatracker.ietf.org/doc/draft-eastlake-fnv/: the prime of FNV-1a with 32 bits. */
const PRIME = 16_777_619;

/**
 * How often keys were turned away lately, in a fixed amount of memory: each slot holds the hash of the last key that fell into
 * it. A key may be taken for another one, and is then asked about sooner; nothing is allowed by it.
 */
export class TurnedAway {
  /** Random for each process, so that a client cannot choose keys that displace a certain other key. */
  private readonly seed = Math.floor(Math.random() * 2 ** 32);
  /** Made when they are needed: most applications turn no call away. */
  private slots: { readonly hashes: Uint32Array; readonly counts: Uint8Array } | undefined;

  /** How often the key was turned away since it was last asked about. */
  times(key: string): number {
    if (this.slots === undefined) {
      return 0;
    }
    const { hashes, counts } = this.slots;
    const hash = this.hashOf(key);
    return hashes[hash % SLOTS] === hash ? (counts[hash % SLOTS] as number) : 0;
  }

  add(key: string): void {
    this.set(key, Math.min(this.times(key) + 1, 255));
  }

  /** The key is asked about. */
  delete(key: string): void {
    if (this.times(key) > 0) {
      this.set(key, 0);
    }
  }

  private set(key: string, count: number): void {
    this.slots ??= { hashes: new Uint32Array(SLOTS), counts: new Uint8Array(SLOTS) };
    const hash = this.hashOf(key);
    this.slots.hashes[hash % SLOTS] = hash;
    this.slots.counts[hash % SLOTS] = count;
  }

  private hashOf(key: string): number {
    let hash = this.seed;
    for (let i = 0; i < key.length; i++) {
      hash = Math.imul(hash ^ key.charCodeAt(i), PRIME);
    }
    // Its low bits choose the slot, so the high ones are mixed into them.
    return (hash ^ (hash >>> 15)) >>> 0;
  }
}
