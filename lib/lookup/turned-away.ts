import { KeySlots } from './key-slots.js';

/** A try counts when the last one that counted is so long ago, in milliseconds: a client gains nothing by sending faster. */
export const SPACING = 1_000;
const MOST_TRIES = 255;

/** How patient the sender of a key is. */
export interface Tries {
  /** How often the key was sent, at least {@link SPACING} apart. */
  readonly count: number;
  /** When it was sent first, in tenths of a second. */
  readonly since: number;
}

interface Kept {
  readonly slots: KeySlots;
  /** 0 for a key that was asked about since. */
  readonly counts: Uint8Array;
  /** Both in tenths of a second, which fit into 32 bits for 13 years. */
  readonly since: Uint32Array;
  readonly countedAt: Uint32Array;
}

const tenths = (): number => Math.floor(performance.now() / 100);

/** Keys that were turned away lately, and how often they were sent since. */
export class TurnedAway {
  /** Made when it is needed: most applications turn no call away. */
  private kept: Kept | undefined;

  get isEmpty(): boolean {
    return this.kept === undefined;
  }

  /** The key is turned away. It keeps what is known of it from {@link sendAgain}. */
  add(key: string): void {
    if (this.slotOf(key) !== undefined) {
      return;
    }
    const { slots, counts, since, countedAt } = (this.kept ??= {
      slots: new KeySlots(),
      counts: new Uint8Array(KeySlots.count),
      since: new Uint32Array(KeySlots.count),
      countedAt: new Uint32Array(KeySlots.count),
    });
    const slot = slots.take(key);
    counts[slot] = 1;
    since[slot] = countedAt[slot] = tenths();
  }

  /** The key is sent, which counts as a try; `undefined` for one that was not turned away. */
  sendAgain(key: string): Tries | undefined {
    const slot = this.slotOf(key);
    if (slot === undefined) {
      return undefined;
    }
    const { counts, since, countedAt } = this.kept as Kept;
    const now = tenths();
    if (now - (countedAt[slot] as number) >= SPACING / 100) {
      countedAt[slot] = now;
      counts[slot] = Math.min((counts[slot] as number) + 1, MOST_TRIES);
    }
    return { count: counts[slot] as number, since: since[slot] as number };
  }

  /** The key is asked about. */
  delete(key: string): void {
    const slot = this.slotOf(key);
    if (slot !== undefined) {
      (this.kept as Kept).counts[slot] = 0;
    }
  }

  private slotOf(key: string): number | undefined {
    const slot = this.kept?.slots.find(key);
    return slot === undefined || this.kept?.counts[slot] === 0 ? undefined : slot;
  }
}
