import type { Answers } from './composed/judge.js';
import type { Judgement, Kind } from './oracle/judge.js';
import type { Answer } from './wire/answers.js';

/** How a case is counted. */
type Counted = Kind | 'accepted' | 'refused by the policy' | 'refused by a server';

/** What a campaign has seen. */
export class Figures {
  cases = 0;
  answers = 0;
  /** Answers of which it was beyond doubt whose policy governs. */
  exact = 0;
  /** Cases to which no answer came at all. */
  unanswered = 0;
  private readonly kinds = new Map<Counted, number>();
  private readonly statuses = new Map<number, number>();
  /** In bytes, after garbage collections. */
  heapWhenWarm = 0;
  heapAtLast = 0;
  /** In bytes. */
  mostMemory = 0;

  /** Counts a case by its answers. */
  count(answers: readonly Answer[], judgements: readonly Judgement[]): void {
    this.cases++;
    this.unanswered += Number(answers.length === 0);
    for (const [at, { status }] of answers.entries()) {
      const { kind, exact } = judgements[at] as Judgement;
      this.answers++;
      this.exact += Number(exact);
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    }
  }

  /** Counts a case of composed applications: every answer is judged by who says to have written it. */
  countComposed({ preflights, actuals }: Answers): void {
    this.cases++;
    for (const { status, headers } of [...preflights, ...actuals]) {
      this.answers++;
      this.exact += Number(headers['x-reached'] !== undefined);
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    }
    for (const [at, all] of [preflights, actuals].entries()) {
      const granted = all.filter(({ headers }) => headers['access-control-allow-origin'] !== undefined).length;
      const [yes, no]: readonly Kind[] =
        at === 0 ? ['preflight granted', 'preflight refused'] : ['actual granted', 'actual refused'];
      this.kinds.set(yes as Kind, (this.kinds.get(yes as Kind) ?? 0) + granted);
      this.kinds.set(no as Kind, (this.kinds.get(no as Kind) ?? 0) + all.length - granted);
    }
  }

  /** Counts a handshake. @param isExact whether it was beyond doubt what has to come of it */
  countHandshake(answers: readonly Answer[], isAccepted: boolean, isExact: boolean): void {
    this.cases++;
    this.unanswered += Number(answers.length === 0);
    this.exact += Number(isExact);
    for (const { status } of answers) {
      this.answers++;
      this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    }
    const last = answers.at(-1);
    if (last !== undefined) {
      const kind = isAccepted ? 'accepted' : last.status === 403 ? 'refused by the policy' : 'refused by a server';
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    }
  }

  /** Of all answers, from 0 to 1. */
  shareOf(...kinds: readonly Counted[]): number {
    return kinds.reduce((sum, kind) => sum + (this.kinds.get(kind) ?? 0), 0) / this.answers;
  }

  get heapGrowth(): number {
    return this.heapAtLast - this.heapWhenWarm;
  }

  /** For people. */
  describe(seconds: number): string {
    const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
    const mebibytes = (size: number): string => `${(size / 2 ** 20).toFixed(0)} MiB`;
    const kinds = [...this.kinds].sort((a, b) => b[1] - a[1]).map(([kind]) => `${percent(this.shareOf(kind))} ${kind}`);
    const statuses = [...this.statuses].sort((a, b) => a[0] - b[0]).map(([status, count]) => `${status}: ${count}`);
    return [
      `${this.cases} cases in ${seconds.toFixed(0)} s (${(this.cases / seconds).toFixed(0)}/s), ${this.answers} answers, ` +
        `${percent(this.exact / this.answers)} of them judged by one policy; ${this.unanswered} cases without any answer`,
      kinds.join(', '),
      statuses.join(', '),
      `memory: ${mebibytes(this.mostMemory)} at most, heap grown by ${mebibytes(this.heapGrowth)} since it was warm`,
    ].join('\n    ');
  }
}
