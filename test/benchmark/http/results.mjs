import { summary } from '../report/index.mjs';

/** What was measured of one part of the benchmark, with ratios between applications that ran in the same rounds. */
export class Results {
  #entries;

  /** @param {ReadonlyMap<string, { name: string, request: string, times: readonly number[] }>} entries as `measure()` gives them */
  constructor(entries) {
    this.#entries = entries;
  }

  /** What `toJSON()` has given. */
  static from(entries) {
    return new Results(new Map(entries.map((entry) => [`${entry.name}/${entry.request}`, entry])));
  }

  has(name, request) {
    return this.#entries.has(`${name}/${request}`);
  }

  /** Of the times, in microseconds of CPU per request. */
  time(name, request) {
    return summary(this.#entries.get(`${name}/${request}`).times);
  }

  /**
   * How many times the CPU of the other application: `quietest` compares their quietest rounds, `median` their medians;
   * `lower` and `upper` hold the middle half of the rounds, each compared with the same round of the other.
   *
   * @param {string} baseRequest what the other application is asked, where it is not the same
   * @returns {{ quietest: number, median: number, lower: number, upper: number } | undefined} `undefined`: one of them was not measured
   */
  ratio(name, base, request, baseRequest = request) {
    if (!this.has(name, request) || !this.has(base, baseRequest)) {
      return undefined;
    }
    const own = this.#entries.get(`${name}/${request}`).times;
    const others = this.#entries.get(`${base}/${baseRequest}`).times;
    const { lower, upper } = summary(own.map((time, round) => time / others[round]));
    const [ofOwn, ofOther] = [summary(own), summary(others)];
    return { quietest: ofOwn.quietest / ofOther.quietest, median: ofOwn.median / ofOther.median, lower, upper };
  }

  /** The raw figures, for the file that keeps them. */
  toJSON() {
    return [...this.#entries.values()].map(({ name, request, times }) => ({
      name,
      request,
      times: times.map((time) => Number(time.toFixed(2))),
    }));
  }
}
