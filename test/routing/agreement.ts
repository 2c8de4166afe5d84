import { readableTarget } from './readable-target.js';
import type { Observation, ObservedApplication } from './observed-application.js';

export type CannedRequest = readonly [method: string, target: string, headers?: Readonly<Record<string, string>>];

/** Where the matcher says another thing than the router did, for requests that name no version. */
export async function disagreements(
  observed: ObservedApplication,
  requests: readonly CannedRequest[],
): Promise<object[]> {
  const found: object[] = [];
  for (const request of requests) {
    const observation = await reachableObservation(observed, request);
    const { delivered, reached, candidates, hasPath } = observation;
    if (!delivered) {
      continue; // Node itself answers 400 to bytes that no URL has
    }
    const isForeseen = candidates.length === (reached === undefined ? 0 : 1) && (hasPath || reached === undefined);
    found.push(...(isForeseen ? unforeseen(observation, request) : [described(observation, request)]));
  }
  return found;
}

/** The same for requests with versions in their headers: what they can reach is one of several routes. */
export async function versionDisagreements(
  observed: ObservedApplication,
  requests: readonly CannedRequest[],
): Promise<object[]> {
  const found: object[] = [];
  for (const request of requests) {
    found.push(...unforeseen(await reachableObservation(observed, request), request));
  }
  return found;
}

/** Express answers 400 for the route whose parameter it cannot decode: the handler is found with one that it can. */
async function reachableObservation(observed: ObservedApplication, request: CannedRequest): Promise<Observation> {
  const observation = await observed.request(...request);
  const [method, target, headers] = request;
  const readable = readableTarget(target);
  if (observation.status !== 400 || observation.dispatched === undefined || readable === target) {
    return observation;
  }
  const { reached } = await observed.request(method, readable, headers);
  return { ...observation, reached };
}

function unforeseen(observation: Observation, request: CannedRequest): object[] {
  const { reached, dispatched = [], foreseen, candidates } = observation;
  const router = reached === undefined ? [] : [reached];
  const agrees =
    [dispatched, foreseen].every((said) => String(said) === String(router)) &&
    router.every((label) => candidates.includes(label));
  return agrees ? [] : [described(observation, request)];
}

function described(observation: Observation, [method, target, headers]: CannedRequest): object {
  const { delivered, reached, dispatched, foreseen, candidates, hasPath } = observation;
  return { request: { method, target, headers }, delivered, reached, dispatched, foreseen, candidates, hasPath };
}
