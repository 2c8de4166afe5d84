import { isHostAccepted } from '../host-filter.js';
import type { Route } from '../route.js';
import { FastifyPaths, type FastifyPlace } from './paths.js';
import type { FastifyRegistration } from './registrations.js';
import type { FastifyRouterOptions } from './router-options.js';

/** A URL has several readings, and a preflight reads each of them once per method. */
const MAX_REMEMBERED_PATHS = 64;

/** Finds Nest's routes as middleware matches paths: without letter case and without slashes at the end. */
export class LooseRoutes {
  private paths: FastifyPaths | undefined;
  private readonly places = new Map<string, readonly FastifyPlace[]>();

  /** @param registrations all routes of the router; may grow */
  constructor(
    private readonly options: FastifyRouterOptions,
    private readonly registrations: readonly FastifyRegistration[],
  ) {}

  /** The routes for the method at the first place that has any. */
  find(method: string, path: string, host: string): readonly Route[] {
    for (const place of this.placesAt(path)) {
      const found = place.registrations.flatMap((each) =>
        each.method === method && each.route !== undefined && isHostAccepted(each.route.hosts, host)
          ? [each.route]
          : [],
      );
      if (found.length > 0) {
        return found;
      }
    }
    return [];
  }

  private placesAt(path: string): readonly FastifyPlace[] {
    const paths = this.currentPaths();
    if (this.places.size >= MAX_REMEMBERED_PATHS) {
      this.places.clear();
    }
    let places = this.places.get(path);
    if (places === undefined) {
      places = paths.at(path);
      this.places.set(path, places);
    }
    return places;
  }

  private currentPaths(): FastifyPaths {
    if (this.paths?.revision !== this.registrations.length) {
      const loosely = { caseSensitive: false, ignoreTrailingSlash: true, maxParamLength: Number.MAX_SAFE_INTEGER };
      this.paths = new FastifyPaths({ ...this.options, ...loosely });
      this.registrations.forEach((each) => this.paths!.add(each));
      this.places.clear();
    }
    return this.paths;
  }
}
