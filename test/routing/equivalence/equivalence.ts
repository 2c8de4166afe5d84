import fc from 'fast-check';
import { applicationArbitrary } from './application-arbitrary.js';
import type { ApplicationPlan } from './application-plan.js';
import { Connection } from './connection.js';
import { findings, observe, type Observation, reachableOrigins } from './judgement.js';
import { RefusedApplication, startPlanned } from './planned-application.js';
import { smallestThat } from './shrinking.js';
import { type PlannedRequest, requestArbitrary, requestOf } from './target-arbitrary.js';
import { portOf } from '../../support/listening.js';

/** A request, and what is wrong with the answers to it and its preflights. */
export interface JudgedObservation extends Observation {
  readonly findings: readonly string[];
}

/** What a run has met, so that one that met nothing can't pass for one that found nothing. */
export interface Tally {
  applications: number;
  discarded: number;
  requests: number;
  reached: number;
}

/** Runs the application of the plan, and judges its answers to the requests. */
export async function judged(
  plan: ApplicationPlan,
  requests: readonly PlannedRequest[],
): Promise<readonly JudgedObservation[]> {
  const app = await startPlanned(plan);
  const connection = new Connection(portOf(app));
  const all: JudgedObservation[] = [];
  try {
    for (const request of requests) {
      const observation = await observe(plan, connection, request);
      const wrong = await findings(plan, observation, () => reachableOrigins(plan, connection, request));
      all.push({ ...observation, findings: wrong });
    }
  } finally {
    connection.close();
    await app.close();
  }
  return all;
}

/** The requests whose answers disagree with those to their preflights. */
export async function disagreements(
  plan: ApplicationPlan,
  requests: readonly PlannedRequest[],
  tally?: Tally,
): Promise<readonly JudgedObservation[]> {
  const all = await judged(plan, requests);
  if (tally !== undefined) {
    tally.requests += all.length;
    tally.reached += all.filter(({ reached }) => reached !== undefined).length;
  }
  return all.filter(({ findings: wrong }) => wrong.length > 0);
}

/** Generates applications and requests, and throws with the smallest application that disagrees on one of them. */
export async function assertEquivalence(
  platform: ApplicationPlan['platform'],
  { seed, applications, requests }: { seed: number; applications: number; requests: number },
): Promise<Tally> {
  const tally: Tally = { applications: 0, discarded: 0, requests: 0, reached: 0 };
  const cases = fc.array(requestArbitrary(), { minLength: requests, maxLength: requests });
  const property = fc.asyncProperty(applicationArbitrary(platform), cases, async (plan, planned) => {
    const concrete = planned.map((each) => requestOf(plan, each));
    const found = await disagreements(plan, concrete, tally).catch((error: unknown) => {
      if (!(error instanceof RefusedApplication)) {
        throw error;
      }
      tally.discarded++;
      fc.pre(false);
      return [];
    });
    tally.applications++;
    if (found.length > 0) {
      throw new Error(await described(plan, found));
    }
  });
  // Shrunk by smallestThat(): fast-check would make another target of each request when it takes routes away.
  await fc.assert(property, { seed, numRuns: applications, endOnFailure: true, maxSkipsPerRun: 2 });
  return tally;
}

/** The smallest application that still disagrees on the first of the requests, as data to paste into a test. */
export async function described(plan: ApplicationPlan, found: readonly JudgedObservation[]): Promise<string> {
  const disagrees = async (smaller: ApplicationPlan) =>
    (await disagreements(smaller, [found[0]!.request]).catch(() => [])).length > 0;
  const smallest = await smallestThat(plan, disagrees);
  const [left = found[0]] = await disagreements(smallest, [found[0]!.request]);
  return `${left!.findings.join('; ')}\n${JSON.stringify(left)}\n${JSON.stringify(smallest)}`;
}
