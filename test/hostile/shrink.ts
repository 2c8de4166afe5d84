import fc from 'fast-check';
import type { Adapter } from './application/application.js';
import { ProcessUnderTest } from './process-under-test.js';
import type { Trial } from './trial.js';

/** How long a case that fails alone is searched for, and then a smaller one, in milliseconds. */
const PATIENCE = 120_000;

/** A case that breaks a promise. */
export interface Failure {
  /** Of fast-check: `fc.check(property, { seed, path })` runs it again. */
  readonly seed: number;
  readonly path: string | undefined;
  /** The smallest case that was found; fit for `hostile-regressions.e2e-spec.ts`. */
  readonly smallest: unknown;
  readonly complaints: readonly string[];
}

/** Cases of a block. */
interface Suspected {
  readonly seed: number;
  /** Which of them may have failed. */
  readonly suspects: Iterable<number>;
  /** What was complained of, for when none of them fails alone. */
  readonly first: readonly string[];
  /** Of which case, where that is known. */
  readonly sample: unknown;
}

/**
 * Runs the suspects of a block alone, each as the block had it, and makes the first that fails as small as it gets. The
 * process is looked at after every case: it may be what complains.
 */
export async function shrink<Case>(
  adapter: Adapter,
  trial: Trial<Case>,
  { seed, suspects, first, sample }: Suspected,
): Promise<Failure> {
  let target = await ProcessUnderTest.start(trial.program, adapter);
  const alone = fc.asyncProperty(trial.arbitrary, async (hostile) => {
    const complaints = await trial.complaintsAbout(target, hostile);
    const { complaints: ofProcess, report } = await target.report();
    if (report === undefined) {
      target = await ProcessUnderTest.start(trial.program, adapter);
    }
    const all = [...complaints, ...ofProcess];
    if (all.length > 0) {
      throw new Error(all.join('\n'));
    }
  });
  const startedAt = performance.now();
  try {
    for (const index of suspects) {
      if (performance.now() - startedAt > PATIENCE) {
        break;
      }
      // With this seed and path it begins with the value that `sample()` gave: both draw alike.
      const runs = { seed, path: String(index), numRuns: 1, interruptAfterTimeLimit: PATIENCE };
      const { counterexample, counterexamplePath, errorInstance } = await fc.check(alone, runs);
      if (counterexample !== null) {
        const complaints = [(errorInstance as Error).message];
        return { seed, path: counterexamplePath ?? '', smallest: trial.written(counterexample[0]), complaints };
      }
    }
    const complaints = [...first, 'No case of the block was seen to fail alone.'];
    return { seed, path: undefined, smallest: sample, complaints };
  } finally {
    await target.stop();
  }
}
