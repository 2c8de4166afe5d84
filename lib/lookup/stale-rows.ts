/** Of more strings than this, every row is stale. */
const MAX_STALE = 100_000;

/** The changes of a row since it was read. */
interface Stale {
  first: number;
  last: number;
}

/**
 * The rows of a list that a change has named since they were read. The change may be their removal, so they allow no origin until
 * they are read again. Marking a row costs the same for one row and for a million.
 */
export class StaleRows {
  private readonly byText = new Map<string, Stale>();
  private everyRow: Stale | undefined;
  private moments = 0;

  /** The latest change. A reading that begins now includes it. */
  get latest(): number {
    return this.moments;
  }

  get isEmpty(): boolean {
    return this.byText.size === 0 && this.everyRow === undefined;
  }

  mark(text: string): void {
    const moment = ++this.moments;
    const known = this.everyRow ?? this.byText.get(text);
    if (known !== undefined) {
      known.last = moment;
    } else if (this.byText.size === MAX_STALE) {
      this.everyRow = { first: 0, last: moment };
    } else {
      this.byText.set(text, { first: moment, last: moment });
    }
  }

  /** @param since {@link latest} of an earlier moment: later changes do not count */
  has(text: string, since = Infinity): boolean {
    const stale = this.everyRow ?? this.byText.get(text);
    return stale !== undefined && stale.first <= since;
  }

  /** The rows of one string were read by a reading that began after the change `moment`. */
  settle(text: string, moment: number): void {
    const stale = this.byText.get(text);
    if (stale !== undefined && !isChangedSince(stale, moment)) {
      this.byText.delete(text);
    }
  }

  /** All rows were read. */
  settleAll(moment: number): void {
    if (this.everyRow !== undefined && !isChangedSince(this.everyRow, moment)) {
      this.everyRow = undefined;
    }
    for (const text of this.byText.keys()) {
      this.settle(text, moment);
    }
  }
}

function isChangedSince(stale: Stale, moment: number): boolean {
  stale.first = Math.max(stale.first, moment + 1);
  return stale.last > moment;
}
