import { isMalformedTarget } from './request-target.js';
import type { Recipient } from './route.js';

/** Describes the URL of a request that Nest does not route. Empty for a path without any route or entry. */
export interface UnroutedPlace {
  /** Path of the matching `paths` entry, as written. */
  readonly entry?: string;
  /** Another library's route takes the request, Nest's routes have other methods, versions or hosts, or the URL is malformed. */
  readonly unrouted?: 'foreign-route' | 'other-routes' | 'malformed-url';
}

/**
 * @param entry path of the matching entry
 * @param recipients the routes that take a request with this method
 * @param hasRoutes whether Nest may have routes here for other requests
 */
export function unroutedPlace(
  url: string,
  entry: string | undefined,
  recipients: readonly Recipient[],
  hasRoutes: boolean,
): UnroutedPlace {
  const place = entry === undefined ? {} : { entry };
  if (recipients.some(({ match }) => match === undefined)) {
    return { ...place, unrouted: 'foreign-route' };
  }
  if (isMalformedTarget(url)) {
    return { ...place, unrouted: 'malformed-url' };
  }
  return hasRoutes ? { ...place, unrouted: 'other-routes' } : place;
}
