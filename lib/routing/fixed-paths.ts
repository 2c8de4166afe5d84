import type { Route } from './route.js';

/** Letters and such, which every router takes for themselves, and nothing that patterns are made of. */
const FIXED_PATH = /^[\w\-.~/]+$/;

/** Something for each of the paths that have no parameters for certain, made when it is asked for. Bounded by the routes. */
export class FixedPaths<Known> {
  /** `null`: not asked for yet. */
  private readonly known: Map<string, Known | null>;

  constructor(
    routes: readonly Route[],
    private readonly make: () => Known,
  ) {
    const paths = routes.map(({ path }) => path).filter((path) => FIXED_PATH.test(path));
    this.known = new Map(paths.map((path) => [path, null]));
  }

  /** `undefined`: the path is none of these. */
  at(path: string): Known | undefined {
    let known = this.known.get(path);
    if (known === null) {
      known = this.make();
      this.known.set(path, known);
    }
    return known;
  }
}
