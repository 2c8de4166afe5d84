import { quoted } from '../support/quoted.js';
import type { OriginRowProblem } from '../options/index.js';

/** Skipped rows that are kept for reports; all of them are counted. */
const MAX_KEPT = 100;
/** Skipped rows that can be told apart when they change; beyond that, the next reading of the list puts it right. */
const MAX_TOLD_APART = 10_000;

/** A skipped row, and where it comes from. */
interface ToldApart {
  readonly row: OriginRowProblem;
  /** What the row holds as its origin; `undefined` where that is no string. */
  readonly text: string | undefined;
  /** The origin whose own reading returned the row; `undefined`: a reading of the whole list. */
  readonly readFor: string | undefined;
}

type Index = Map<string | undefined, Set<ToldApart>>;

/** The rows that were skipped: in the last reading of the whole list, and in readings of single origins since. */
export class SkippedRows {
  count = 0;
  first: OriginRowProblem[] = [];
  /** Two indexes, so that the reading of one origin costs the same for one skipped row and for 10,000. */
  readonly #byText: Index = new Map();
  readonly #byReading: Index = new Map();
  #toldApart = 0;

  /**
   * @param text what the row holds as its origin; `undefined` where that is no string
   * @param readFor the origin that was read alone; `undefined`: the whole list was read
   */
  add(row: OriginRowProblem, text?: string, readFor?: string): void {
    this.count++;
    if (this.#toldApart < MAX_TOLD_APART) {
      this.#toldApart++;
      const told = { row, text, readFor };
      addTo(this.#byText, text, told);
      if (readFor !== undefined && readFor !== text) {
        addTo(this.#byReading, readFor, told);
      }
    }
    if (this.first.length < MAX_KEPT) {
      this.first.push(row);
    }
  }

  /** Puts the rows that were skipped when an origin was read alone in the place of those that were known of it. */
  replace(origin: string, rows: readonly OriginRowProblem[]): void {
    const gone = new Set<OriginRowProblem>();
    for (const told of [...(this.#byText.get(origin) ?? []), ...(this.#byReading.get(origin) ?? [])]) {
      gone.add(told.row);
      removeFrom(this.#byText, told.text, told);
      removeFrom(this.#byReading, told.readFor, told);
    }
    this.count -= gone.size;
    this.#toldApart -= gone.size;
    if (gone.size > 0) {
      this.first = this.first.filter((row) => !gone.has(row));
    }
    rows.forEach((row) => this.add(row, origin, origin));
  }

  /**
   * Adds the rows of other strings that an origin's own reading returned, `*` for example, unless they are known: a list may
   * return more than it was asked for. A row without an `id` is known where as many rows hold its string.
   */
  addOthers(origin: string, rows: readonly (readonly [row: OriginRowProblem, text: string | undefined])[]): void {
    const known = new Map<string | undefined, string[]>();
    rows.forEach(([, text]) => {
      if (!known.has(text)) {
        known.set(
          text,
          Array.from(this.#byText.get(text) ?? [], ({ row }) => row.row),
        );
      }
    });
    const unnamed = quoted(origin);
    const unknown = rows.filter(([{ row }, text]) => row !== unnamed && !takeOut(known.get(text) ?? [], row));
    // Those with a name have taken theirs by now, and the rest may be any of those without one.
    const unknownUnnamed = rows.filter(([{ row }, text]) => row === unnamed && known.get(text)?.pop() === undefined);
    [...unknown, ...unknownUnnamed].forEach(([row, text]) => this.add(row, text, origin));
  }
}

function addTo(index: Index, key: string | undefined, told: ToldApart): void {
  const all = index.get(key) ?? new Set();
  index.set(key, all.add(told));
}

function removeFrom(index: Index, key: string | undefined, told: ToldApart): void {
  const all = index.get(key);
  if (all?.delete(told) === true && all.size === 0) {
    index.delete(key);
  }
}

/** Whether the name was there. */
function takeOut(names: string[], name: string): boolean {
  const place = names.indexOf(name);
  return place !== -1 && names.splice(place, 1).length === 1;
}
