import type fc from 'fast-check';
import type { Figures } from './figures.js';
import type { ProcessUnderTest } from './process-under-test.js';

/** A kind of cases, and how one is tried. */
export interface Trial<Case> {
  /** The process under test, beside `process-under-test.ts`. */
  readonly program: string;
  readonly arbitrary: fc.Arbitrary<Case>;
  /** Cases at a time. */
  readonly atOnce?: number;
  /** For how long the process keeps something of a case, in milliseconds: memory is compared after it. */
  readonly keptFor?: number;
  /** Sends the case; what of its answers breaks a promise. */
  complaintsAbout(target: ProcessUnderTest, hostile: Case, figures?: Figures): Promise<readonly string[]>;
  /** The case, for people and for `hostile-regressions.e2e-spec.ts`. */
  written(hostile: Case): unknown;
}
