import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { Adapter } from './application/application.js';
import { type Failed, attack } from './attack.js';
import { Figures } from './figures.js';
import { ProcessUnderTest } from './process-under-test.js';
import { print } from './settings.js';
import { type Failure, shrink } from './shrink.js';
import type { Trial } from './trial.js';

/** Cases between two looks at the process. */
const BLOCK = 1000;
/** Blocks after which a long campaign tells how far it is. */
const TOLD = 100;
/** The block after which everything is warm. */
const WARM = 4;

export interface Campaign {
  readonly figures: Figures;
  /** The first case that fails, in its smallest form; `undefined`: none does. */
  readonly failure: Failure | undefined;
}

/** Sends so many generated cases to the application, and stops at the first that fails. */
export async function campaign<Case>(
  adapter: Adapter,
  trial: Trial<Case>,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<Campaign> {
  const figures = new Figures();
  const target = await ProcessUnderTest.start(trial.program, adapter);
  const last = Math.ceil(count / BLOCK) - 1;
  try {
    for (let block = 0; block <= last; block++) {
      const numRuns = Math.min(BLOCK, count - block * BLOCK);
      const seedOfBlock = (seed + block) | 0;
      const cases = fc.sample(trial.arbitrary, { seed: seedOfBlock, numRuns });
      const failed = await attack(target, trial, cases, figures);
      if (block === WARM || block === last) {
        await delay(trial.keptFor ?? 0);
      }
      const { complaints, report } = await target.report();
      if (report !== undefined) {
        figures.heapWhenWarm = block <= WARM ? report.heapUsed : figures.heapWhenWarm;
        figures.heapAtLast = report.heapUsed;
        figures.mostMemory = Math.max(figures.mostMemory, report.rss);
      }
      if (failed !== undefined || complaints.length > 0) {
        const suspects = suspectsOf(cases.length, failed, complaints.length > 0);
        const first = [...(failed?.complaints ?? []), ...complaints];
        const sample = failed && trial.written(cases[failed.index] as Case);
        return { figures, failure: await shrink(adapter, trial, { seed: seedOfBlock, suspects, first, sample }) };
      }
      if (block % TOLD === TOLD - 1) {
        print(`${adapter}: ${figures.cases} of ${count} cases, none of which failed`);
      }
    }
    return { figures, failure: undefined };
  } finally {
    await target.stop();
  }
}

/** Which cases may have done it: where the process itself complains, those that were under way beside the one that failed. */
function suspectsOf(count: number, failed: Failed | undefined, isOfProcess: boolean): readonly number[] {
  if (failed !== undefined && !isOfProcess) {
    return [failed.index];
  }
  const all = Array.from({ length: count }, (_, index) => index);
  const from = failed?.index ?? 0;
  return all.sort((a, b) => Math.abs(a - from) - Math.abs(b - from));
}
