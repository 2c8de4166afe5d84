import { type PreflightDestinations, type Route, type RouteMatcher, fixedPathsOf } from './route.js';

/** A path without parameters. */
interface FixedPath {
  /** Like {@link PreflightDestinations.key}, for every method. */
  readonly key: string;
  /** The destinations of earlier preflights, by method. */
  readonly destinations: Map<string, PreflightDestinations>;
}

/** The paths of the routes that certainly have no parameters. Their number is bounded, so all of them can be cached. */
export class FixedPaths {
  private known: { readonly revision: number; readonly paths: ReadonlyMap<string, FixedPath> } | undefined;

  constructor(
    private readonly routes: readonly Route[],
    private readonly matcher: Pick<RouteMatcher, 'revision'>,
  ) {}

  /** The cached data of the URL, if it is such a path and the router has not changed. */
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
