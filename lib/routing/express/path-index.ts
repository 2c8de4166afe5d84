import { match, type MatchFunction } from 'path-to-regexp';
import { valueOf } from '../../support/memo.js';
import { fixedPartsOf, isPlain } from './fixed-parts.js';

/** How the application router of Express compares paths. */
export interface PathMatching {
  readonly caseSensitive: boolean;
  readonly ignoreTrailingSlash: boolean;
}

export type PathParams = Readonly<Record<string, string>>;

type Matcher = MatchFunction<Partial<Record<string, string | string[]>>>;

interface Entry<T> {
  readonly order: number;
  readonly value: T;
  readonly path: string;
  readonly mounted: boolean;
  /** All entries of the path share one. It is made when a request needs it, because an application may have 10,000. */
  pattern: Pattern | undefined;
}

/** The entries of a key, in order. Most keys have one entry, which takes half of the memory without a list. */
type Entries<T> = Entry<T> | Entry<T>[];

interface Pattern {
  readonly match: Matcher;
  /** The number of the visit that matched it last, and the result. */
  visit: number;
  params: PathParams | undefined;
}

const ASCII = /^[\0-\x7f]*$/;

/**
 * Route paths in the order in which `router` (the router of Express) tries its layers. Paths without parameters are in a map, and
 * the others are filed under the fixed segments that they begin with. So a request is compared with few other paths, even where all
 * routes begin with `/api/v1`.
 */
export class ExpressPathIndex<T> {
  private readonly fixed = new Map<string, Entries<T>>();
  private readonly byPrefix = new Map<string, Entries<T>>();
  private readonly elsewhere: Entry<T>[] = [];
  private readonly mounted = new Map<string, Pattern>();
  private readonly routed = new Map<string, Pattern>();
  private readonly decoder = new ParamDecoder();
  private longestPrefix = 0;
  private visits = 0;
  private size = 0;

  constructor(private readonly matching: PathMatching) {}

  /** Adds the path of a route, or of a handler that was mounted with `use()`. */
  add(path: string, mounted: boolean, value: T): void {
    const { caseSensitive, ignoreTrailingSlash } = this.matching;
    const isLoose = (mounted || ignoreTrailingSlash) && path !== '/' && path.endsWith('/');
    const pattern = isLoose ? path.replace(/\/+$/, '') : path; // Layer's loosen()
    const entry: Entry<T> = { order: this.size++, value, path: pattern, mounted, pattern: undefined };
    if (!isPlain(pattern)) {
      // Such a path may not compile, and the error must show at boot.
      entry.pattern = this.patternOf(entry);
    }
    const { text, prefix } = mounted ? {} : fixedPartsOf(pattern);
    // The `i` flag folds letters beyond ASCII in another way than toLowerCase(), so such paths are left to the expression.
    if (text !== undefined && (caseSensitive || ASCII.test(text))) {
      addTo(this.fixed, this.folded(text), entry);
    } else if (prefix !== undefined && (caseSensitive || ASCII.test(prefix))) {
      addTo(this.byPrefix, this.folded(prefix), entry);
      this.longestPrefix = Math.max(this.longestPrefix, prefix.length);
    } else {
      this.elsewhere.push(entry);
    }
  }

  /**
   * Visits every route that matches the path, in order, until `visit` returns `true`. Each path is matched once, however many
   * routes have it. A parameter that cannot be decoded has its raw value; Express answers it with 400.
   */
  visit(pathname: string, visit: (value: T, params: PathParams, order: number) => boolean): void {
    this.decoder.clear();
    this.visits++;
    for (const entry of inOrder(this.listsOf(this.folded(pathname)))) {
      const pattern = (entry.pattern ??= this.patternOf(entry));
      if (pattern.visit !== this.visits) {
        pattern.visit = this.visits;
        pattern.params = paramsOf(pattern.match(pathname));
      }
      if (pattern.params !== undefined && visit(entry.value, pattern.params, entry.order)) {
        return;
      }
    }
  }

  private patternOf({ path, mounted }: Entry<T>): Pattern {
    return valueOf(mounted ? this.mounted : this.routed, path, () => ({
      match: this.compile(path, mounted),
      visit: 0,
      params: undefined,
    }));
  }

  private compile(path: string, mounted: boolean): Matcher {
    const { caseSensitive: sensitive, ignoreTrailingSlash } = this.matching;
    return mounted && path === '/'
      ? () => ({ path: '', params: {} }) // Layer.slash: any path at all
      : match(path, {
          sensitive,
          end: !mounted,
          trailing: mounted || ignoreTrailingSlash,
          decode: this.decoder.decode,
        });
  }

  /** The lists that hold every entry that can match the path. */
  private listsOf(path: string): readonly (readonly Entry<T>[])[] {
    const lists: (readonly Entry<T>[])[] = this.elsewhere.length === 0 ? [] : [this.elsewhere];
    const add = (entries: Entries<T> | undefined): void => {
      if (entries !== undefined) {
        lists.push(Array.isArray(entries) ? entries : [entries]);
      }
    };
    add(this.fixed.get(path));
    if (path.endsWith('/')) {
      add(this.fixed.get(path.slice(0, -1)));
    }
    // The loop is bounded by the registered paths, because a request path may have as many segments as fit into a request line.
    for (let end = segmentEnd(path, 1); end <= this.longestPrefix; end = segmentEnd(path, end + 1)) {
      add(this.byPrefix.get(path.slice(0, end)));
      if (end === path.length) {
        break;
      }
    }
    return lists;
  }

  private folded(text: string): string {
    return this.matching.caseSensitive ? text : text.toLowerCase();
  }
}

function addTo<T>(lists: Map<string, Entries<T>>, key: string, entry: Entry<T>): void {
  const known = lists.get(key);
  if (known === undefined) {
    lists.set(key, entry);
  } else if (Array.isArray(known)) {
    known.push(entry);
  } else {
    lists.set(key, [known, entry]);
  }
}

/** Merges the lists in the order in which their entries were added. Each list is already in this order. */
function inOrder<T>(lists: readonly (readonly Entry<T>[])[]): Iterable<Entry<T>> {
  const [first = []] = lists;
  return lists.length > 1 ? merged(lists) : first;
}

function* merged<T>(lists: readonly (readonly Entry<T>[])[]): Iterable<Entry<T>> {
  const positions = lists.map(() => 0);
  for (let entry = takeFirst(lists, positions); entry !== undefined; entry = takeFirst(lists, positions)) {
    yield entry;
  }
}

/** The entry that was added first among those beyond the positions of the lists. */
function takeFirst<T>(lists: readonly (readonly Entry<T>[])[], positions: number[]): Entry<T> | undefined {
  let first: Entry<T> | undefined;
  let from = 0;
  for (let i = 0; i < lists.length; i++) {
    const entry = lists[i]![positions[i]!];
    if (entry !== undefined && (first === undefined || entry.order < first.order)) {
      first = entry;
      from = i;
    }
  }
  positions[from]!++;
  return first;
}

/** The end of the segment at this position, or of the path. */
function segmentEnd(path: string, position: number): number {
  const slash = path.indexOf('/', position);
  return slash === -1 ? path.length : slash;
}

function paramsOf(found: ReturnType<Matcher>): PathParams | undefined {
  if (!found) {
    return undefined;
  }
  const { params } = found;
  for (const name in params) {
    params[name] = joinedParam(params[name]);
  }
  return params as PathParams;
}

/** Parameters as Express gives them, with the values of wildcards that span several segments joined. */
export function joinedParams(params: Readonly<Record<string, string | string[]>> | undefined): PathParams {
  const joined = Object.entries(params ?? {}).map(([name, value]) => [name, joinedParam(value)]);
  return Object.fromEntries(joined) as PathParams;
}

function joinedParam(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join('/') : value;
}

/** The decodeParam() of Express's Layer. It decodes each value of a request once, however many routes have it. */
class ParamDecoder {
  private readonly decoded = new Map<string, string>();

  clear(): void {
    // Clearing an empty Map makes a new table as well.
    if (this.decoded.size > 0) {
      this.decoded.clear();
    }
  }

  readonly decode = (value: string): string => {
    if (!value.includes('%')) {
      return value;
    }
    let decoded = this.decoded.get(value);
    if (decoded === undefined) {
      decoded = decodedIfPossible(value);
      this.decoded.set(value, decoded);
    }
    return decoded;
  };
}

function decodedIfPossible(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
