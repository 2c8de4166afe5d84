/** A try counts at least this long after the last one that counted, in milliseconds: sending faster gains nothing. */
export const SPACING = 1_000;
const MOST_TRIES = 255;
/** A power of two. With this many slots, a key stays while some 40,000 others come after it. */
const SLOTS = 1 << 16;
/** https://datatracker.ietf.org/doc/draft-eastlake-fnv/: the prime of FNV-1a with 32 bits. */
const PRIME = 16_777_619;

/** How patient the sender of a key is. */
export interface Tries {
  /** How often the key was sent, at least {@link SPACING} apart. */
  readonly count: number;
  /** When it was sent first, in tenths of a second. */
  readonly since: number;
}

/**
 * Recent keys in a fixed amount of memory: each slot holds the hash of its last key. A key may be displaced, or taken for another
 * one, so nothing may be allowed because of it.
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

  /** Gives the key its slot, which is returned. */
  take(key: string): number {
    const hash = this.hashOf(key);
    this.hashes[hash % SLOTS] = hash;
    return hash % SLOTS;
  }

  /** Never zero, because zero marks an empty slot. */
  private hashOf(key: string): number {
    let hash = this.seed;
    for (let i = 0; i < key.length; i++) {
      hash = Math.imul(hash ^ key.charCodeAt(i), PRIME);
    }
    // The low bits choose the slot, so the high ones are mixed into them.
    return (hash ^ (hash >>> 15)) >>> 0 || 1;
  }
}

interface Counters {
  readonly slots: KeySlots;
  /** 0 for a key that was looked up since. */
  readonly counts: Uint8Array;
  /** In tenths of a second, which fit into 32 bits for 13 years. */
  readonly since: Uint32Array;
  readonly countedAt: Uint32Array;
}

const tenths = (): number => Math.floor(performance.now() / 100);

/** Keys that were turned away lately, and how often they were sent since. */
export class TurnedAwayKeys {
  /** Undefined until a call is turned away, which most applications never do. */
  private counters: Counters | undefined;

  get isEmpty(): boolean {
    return this.counters === undefined;
  }

  /** Counts the key as turned away. A known key keeps its tries. */
  add(key: string): void {
    if (this.slotOf(key) !== undefined) {
      return;
    }
    const { slots, counts, since, countedAt } = (this.counters ??= {
      slots: new KeySlots(),
      counts: new Uint8Array(SLOTS),
      since: new Uint32Array(SLOTS),
      countedAt: new Uint32Array(SLOTS),
    });
    const slot = slots.take(key);
    counts[slot] = 1;
    since[slot] = countedAt[slot] = tenths();
  }

  /** Counts a try; `undefined` for a key that was not turned away. */
  sendAgain(key: string): Tries | undefined {
    const slot = this.slotOf(key);
    if (slot === undefined) {
      return undefined;
    }
    const { counts, since, countedAt } = this.counters as Counters;
    const now = tenths();
    if (now - (countedAt[slot] as number) >= SPACING / 100) {
      countedAt[slot] = now;
      counts[slot] = Math.min((counts[slot] as number) + 1, MOST_TRIES);
    }
    return { count: counts[slot] as number, since: since[slot] as number };
  }

  /** The key is looked up. */
  delete(key: string): void {
    const slot = this.slotOf(key);
    if (slot !== undefined) {
      (this.counters as Counters).counts[slot] = 0;
    }
  }

  private slotOf(key: string): number | undefined {
    const slot = this.counters?.slots.find(key);
    return slot === undefined || this.counters?.counts[slot] === 0 ? undefined : slot;
  }
}
