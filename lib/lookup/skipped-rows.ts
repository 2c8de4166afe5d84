import { quoted } from '../support/quoted.js';
import type { OriginRowProblem } from '../options/index.js';

/** The skipped rows that reports can show. All of them are counted. */
const MAX_KEPT = 100;
/** The skipped rows that single readings can replace; the others stay until the whole list is read. */
const MAX_REPLACEABLE = 10_000;

/** A skipped row, and the reading that returned it. */
interface Replaceable {
  readonly row: OriginRowProblem;
  /** The origin of the row; `undefined` where that is not a string. */
  readonly text: string | undefined;
  /** The origin whose single reading returned the row; `undefined`: a reading of the whole list. */
  readonly readFor: string | undefined;
}

type Index = Map<string | undefined, Set<Replaceable>>;

/** The rows that were skipped: in the last reading of the whole list, and in readings of single origins since. */
export class SkippedRows {
  count = 0;
  first: OriginRowProblem[] = [];
  /** Two indexes, so that the reading of one origin costs the same for one skipped row and for 10,000. */
  readonly #byText: Index = new Map();
  readonly #byReading: Index = new Map();
  #replaceable = 0;

  /**
   * @param text the origin of the row; `undefined` where that is not a string
   * @param readFor the origin of a single reading; `undefined`: a reading of the whole list
   */
  add(row: OriginRowProblem, text?: string, readFor?: string): void {
    this.count++;
    if (this.#replaceable < MAX_REPLACEABLE) {
      this.#replaceable++;
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

  /** Replaces the skipped rows of an origin by those of its single reading. */
  replace(origin: string, rows: readonly OriginRowProblem[]): void {
    const gone = new Set<OriginRowProblem>();
    for (const told of [...(this.#byText.get(origin) ?? []), ...(this.#byReading.get(origin) ?? [])]) {
      gone.add(told.row);
      removeFrom(this.#byText, told.text, told);
      removeFrom(this.#byReading, told.readFor, told);
    }
    this.count -= gone.size;
    this.#replaceable -= gone.size;
    if (gone.size > 0) {
      this.first = this.first.filter((row) => !gone.has(row));
    }
    rows.forEach((row) => this.add(row, origin, origin));
  }

  /**
   * Adds the rows of other strings, such as `*`, that a single reading returned, unless they are known. A row without an `id`
   * is known as long as there are as many known rows of its string.
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
    // Rows with an `id` have been matched by now, so each remaining known row may be any row without one.
    const unknownUnnamed = rows.filter(([{ row }, text]) => row === unnamed && known.get(text)?.pop() === undefined);
    [...unknown, ...unknownUnnamed].forEach(([row, text]) => this.add(row, text, origin));
  }
}

function addTo(index: Index, key: string | undefined, told: Replaceable): void {
  const all = index.get(key) ?? new Set();
  index.set(key, all.add(told));
}

function removeFrom(index: Index, key: string | undefined, told: Replaceable): void {
  const all = index.get(key);
  if (all?.delete(told) === true && all.size === 0) {
    index.delete(key);
  }
}

/** Removes the name; `false` where it was not there. */
function takeOut(names: string[], name: string): boolean {
  const place = names.indexOf(name);
  return place !== -1 && names.splice(place, 1).length === 1;
}
