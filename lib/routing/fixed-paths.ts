import { type PreflightDestinations, type Route, type RouteMatcher, isFixedPath } from './route.js';

/** A path without parameters. */
interface FixedPath {
  /** As {@link PreflightDestinations.key}, for every method. */
  readonly key: string;
  /** What has been found for preflights, by method. */
  readonly destinations: Map<string, PreflightDestinations>;
}

/** Stands for the paths that no preflight has asked for: an application may have 10,000 of them. */
const UNASKED: FixedPath = { key: '', destinations: new Map() };

/** The paths of the routes that certainly have no parameters: their number is known, so all of them can be remembered. */
export class FixedPaths {
  private known: { readonly revision: number; readonly paths: Map<string, FixedPath> } | undefined;

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
