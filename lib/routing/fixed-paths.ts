import { type PreflightDestinations, type Route, type RouteMatcher, isFixedPath } from './route.js';

/** A path without parameters. */
interface FixedPath {
  /** Like {@link PreflightDestinations.key}, for every method. */
  readonly key: string;
  /** The destinations of earlier preflights, by method. */
  readonly destinations: Map<string, PreflightDestinations>;
}

/** Represents paths without a preflight yet, because an application may have 10,000 of them. */
const UNASKED: FixedPath = { key: '', destinations: new Map() };

/** The paths of the routes that certainly have no parameters. Their number is bounded, so all of them can be cached. */
export class FixedPaths {
  private known: { readonly revision: number; readonly paths: Map<string, FixedPath> } | undefined;

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
      const paths = this.routes.flatMap(({ path }) => (isFixedPath(path) ? [[path, UNASKED] as const] : []));
      this.known = { revision, paths: new Map(paths) };
    }
    const { paths } = this.known;
    const path = paths.get(url);
    if (path !== UNASKED) {
      return path;
    }
    const asked = { key: `${revision}${url}`, destinations: new Map() };
    paths.set(url, asked);
    return asked;
  }
}
