/** More strings than this are not told apart: then every row is stale. */
const MAX_STALE = 100_000;

/** The changes of a row since it was read. */
interface Stale {
  first: number;
  last: number;
}

/**
 * The rows of a list that a change has named and no reading has brought since. The change may be their removal, so they allow no
 * origin until they are read. Marking costs the same for one row and for a million.
 */
export class StaleRows {
  private readonly byText = new Map<string, Stale>();
  private everyRow: Stale | undefined;
  private moments = 0;

  /** The latest change. A reading that begins now has seen it. */
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

  /** @param since counts changes up to this one alone: {@link latest} of an earlier moment */
  has(text: string, since = Infinity): boolean {
    const stale = this.everyRow ?? this.byText.get(text);
    return stale !== undefined && stale.first <= since;
  }

  /** A reading has brought the rows of one string, and began after the change `moment`. */
  settle(text: string, moment: number): void {
    const stale = this.byText.get(text);
    if (stale !== undefined && !isChangedSince(stale, moment)) {
      this.byText.delete(text);
    }
  }

  /** A reading has brought all rows. */
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
