import type { Figures } from './figures.js';
import type { ProcessUnderTest } from './process-under-test.js';
import type { Trial } from './trial.js';

/** Connections at a time, where the trial says nothing else. */
const AT_ONCE = 32;

/** A case of which something breaks a promise. */
export interface Failed {
  readonly index: number;
  readonly complaints: readonly string[];
}

/** Sends the cases over several connections at a time, until one fails. */
export async function attack<Case>(
  target: ProcessUnderTest,
  trial: Trial<Case>,
  cases: readonly Case[],
  figures: Figures,
): Promise<Failed | undefined> {
  let failed: Failed | undefined;
  const queue = cases.entries();
  await Promise.all(
    Array.from({ length: trial.atOnce ?? AT_ONCE }, async () => {
      for (const [index, hostile] of queue) {
        const complaints = await trial.complaintsAbout(target, hostile, figures);
        if (complaints.length > 0) {
          failed ??= { index, complaints };
        }
        if (failed !== undefined) {
          return;
        }
      }
    }),
  );
  return failed;
}
