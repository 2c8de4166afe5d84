import { type PreflightDestinations, type Route, type RouteMatcher, fixedPathsOf } from './route.js';

/** A path without parameters. */
interface FixedPath {
  /** As {@link PreflightDestinations.key}, for every method. */
  readonly key: string;
  /** What has been found for preflights, by method. */
  readonly destinations: Map<string, PreflightDestinations>;
}

/** The paths of the routes that certainly have no parameters: their number is known, so all of them can be remembered. */
export class FixedPaths {
  private known: { readonly revision: number; readonly paths: ReadonlyMap<string, FixedPath> } | undefined;

  constructor(
    private readonly routes: readonly Route[],
    private readonly matcher: Pick<RouteMatcher, 'revision'>,
  ) {}

  /** What is known of the URL, where it is such a path and the router is as it was. */
  at(url: string): FixedPath | undefined {
    const { revision } = this.matcher;
    if (revision === undefined) {
      return undefined;
    }
    if (this.known?.revision !== revision) {
      const paths = fixedPathsOf(this.routes).map(
        (path) => [path, { key: `${revision}${path}`, destinations: new Map() }] as const,
      );
      this.known = { revision, paths: new Map(paths) };
    }
    return this.known.paths.get(url);
  }
}
