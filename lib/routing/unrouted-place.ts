import { isMalformedTarget } from './request-target.js';
import type { Taker } from './route.js';

/** What is at the URL of a request that Nest does not route. Without a field it is a path without a route. */
export interface UnroutedPlace {
  /** Path of the `paths` entry that covers the URL, as it is written. Absent without one. */
  readonly entry?: string;
  /**
   * Another library's route takes the request; the routes of the path take other methods, versions or hosts; or the URL is
   * malformed. Absent otherwise.
   */
  readonly unrouted?: 'foreign-route' | 'other-routes' | 'malformed-url';
}

/**
 * @param entry path of the entry that covers the URL
 * @param takers what takes a request with this method
 * @param hasRoutes whether there may be routes of Nest's for other requests
 */
export function unroutedPlace(
  url: string,
  entry: string | undefined,
  takers: readonly Taker[],
  hasRoutes: boolean,
): UnroutedPlace {
  const unrouted = reasonOf(url, takers, hasRoutes);
  return { ...(entry === undefined ? {} : { entry }), ...(unrouted === undefined ? {} : { unrouted }) };
}

function reasonOf(url: string, takers: readonly Taker[], hasRoutes: boolean): UnroutedPlace['unrouted'] {
  if (takers.some(({ match }) => match === undefined)) {
    return 'foreign-route';
  }
  if (isMalformedTarget(url)) {
    return 'malformed-url';
  }
  return hasRoutes ? 'other-routes' : undefined;
}
