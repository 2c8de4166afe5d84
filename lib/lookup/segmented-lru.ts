/** The fraction of all entries that may be proven; the rest is for entries on probation. */
const PROVEN_FRACTION = 0.8;

interface Entry<Value> {
  readonly key: string;
  value: Value;
  segment: Segment<Value>;
  older: Entry<Value> | undefined;
  newer: Entry<Value> | undefined;
}

/** A list of entries by their last use. */
class Segment<Value> {
  size = 0;
  oldest: Entry<Value> | undefined;
  private newest: Entry<Value> | undefined;

  add(entry: Entry<Value>): void {
    entry.segment = this;
    entry.older = this.newest;
    entry.newer = undefined;
    if (this.newest === undefined) {
      this.oldest = entry;
    } else {
      this.newest.newer = entry;
    }
    this.newest = entry;
    this.size++;
  }

  remove(entry: Entry<Value>): void {
    if (entry.older === undefined) {
      this.oldest = entry.newer;
    } else {
      entry.older.newer = entry.newer;
    }
    if (entry.newer === undefined) {
      this.newest = entry.older;
    } else {
      entry.newer.older = entry.older;
    }
    this.size--;
  }
}

/**
 * A bounded map of two segments. A new entry is on probation until it is used again. Entries on probation are evicted first, the least
 * recently used before others, so entries that are used once each displace no proven entry.
 *
 * See Karedla, Love and Wherry, "Caching strategies to improve disk system performance", 1994.
 */
export class SegmentedLru<Value> {
  private readonly byKey = new Map<string, Entry<Value>>();
  private readonly probation = new Segment<Value>();
  private readonly proven = new Segment<Value>();
  private readonly mostProven: number;

  /** @param provenFraction 0 makes it a plain LRU: entries are evicted by their last use alone */
  constructor(
    private readonly max: number,
    provenFraction: number = PROVEN_FRACTION,
  ) {
    this.mostProven = Math.floor(max * provenFraction);
  }

  get size(): number {
    return this.byKey.size;
  }

  /** The value, which counts as used. */
  get(key: string): Value | undefined {
    const entry = this.byKey.get(key);
    if (entry === undefined) {
      return undefined;
    }
    entry.segment.remove(entry);
    this.proven.add(entry);
    if (this.proven.size > this.mostProven) {
      const demoted = this.proven.oldest as Entry<Value>;
      this.proven.remove(demoted);
      this.probation.add(demoted);
    }
    return entry.value;
  }

  peek(key: string): Value | undefined {
    return this.byKey.get(key)?.value;
  }

  /** A new value of a known key stays in its segment, and does not count as used. */
  set(key: string, value: Value): void {
    const known = this.byKey.get(key);
    if (known !== undefined) {
      known.value = value;
      return;
    }
    if (this.byKey.size >= this.max) {
      this.delete((this.probation.oldest ?? (this.proven.oldest as Entry<Value>)).key);
    }
    const entry: Entry<Value> = { key, value, segment: this.probation, older: undefined, newer: undefined };
    this.byKey.set(key, entry);
    this.probation.add(entry);
  }

  delete(key: string): void {
    const entry = this.byKey.get(key);
    if (entry !== undefined) {
      this.byKey.delete(key);
      entry.segment.remove(entry);
    }
  }

  *entries(): Generator<readonly [key: string, value: Value]> {
    for (const { key, value } of this.byKey.values()) {
      yield [key, value];
    }
  }
}
