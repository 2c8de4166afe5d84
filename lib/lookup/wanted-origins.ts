/** The single origins of a list that are to be read, each with a promise that settles when it was read. */
export class WantedOrigins {
  private readonly waiting = new Map<string, { readonly settled: Promise<void>; readonly settle: () => void }>();

  get size(): number {
    return this.waiting.size;
  }

  /** Settles when a reading that began after this moment has ended. */
  add(origin: string): Promise<void> {
    const known = this.waiting.get(origin);
    if (known !== undefined) {
      return known.settled;
    }
    let settle: () => void = () => undefined;
    const settled = new Promise<void>((resolve) => (settle = resolve));
    this.waiting.set(origin, { settled, settle });
    return settled;
  }

  /** How many are in force now; the count ends at `most`. */
  countInForce(most: number, isInForce: (origin: string) => boolean): number {
    let count = 0;
    for (const origin of this.waiting.keys()) {
      count += isInForce(origin) ? 1 : 0;
      if (count === most) {
        break;
      }
    }
    return count;
  }

  /**
   * Takes some out. The caller calls their functions when they have been read. Origins in force come first, because only their rows can have been
   * removed, and a removal must not wait.
   *
   * @param onlyInForce whether the others are left
   */
  take(count: number, isInForce: (origin: string) => boolean, onlyInForce = false): Map<string, () => void> {
    const taken = new Map<string, () => void>();
    for (const first of onlyInForce ? [true] : [true, false]) {
      for (const [origin, { settle }] of this.waiting) {
        if (taken.size === count) {
          return taken;
        }
        if (isInForce(origin) === first && !taken.has(origin)) {
          taken.set(origin, settle);
          this.waiting.delete(origin);
        }
      }
    }
    return taken;
  }

  takeAll(): Map<string, () => void> {
    return this.take(Infinity, () => true);
  }
}
