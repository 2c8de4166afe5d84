/** A route as `printRoutes()` of Fastify shows it. */
export interface PrintedRoute {
  readonly url: string;
  readonly methods: readonly string[];
  /** Whether it takes requests with certain constraints alone. Their values cannot be read from the text. */
  readonly isConstrained: boolean;
}

const NO_ROUTES = /^\s*(?:\(empty tree\)\s*)?$/;
const LINE = /^((?:│ {3}| {4})*)((?:├|└)── )?([^ ].*)$/;
const ROUTE = /^(.*?) \(([A-Z-]+(?:, [A-Z-]+)*)\)( \{.*\})?$/;

/**
 * Reads the tree that `printRoutes()` of Fastify returns: each line is what a path adds to that of the line it hangs on.
 * `undefined` where the text has another form.
 */
export function printedRoutes(text: string): readonly PrintedRoute[] | undefined {
  if (NO_ROUTES.test(text)) {
    return [];
  }
  const routes: PrintedRoute[] = [];
  const parents: string[] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const [, indent = '', mark, rest] = LINE.exec(line) ?? [];
    // A line without a mark is another route of the one before it.
    const depth = indent.length / 4 - (mark === undefined ? 1 : 0);
    if (rest === undefined || depth < 0) {
      return undefined;
    }
    const [, part = rest, methods, constraints] = ROUTE.exec(rest) ?? [];
    const url = (parents[depth - 1] ?? '') + part;
    parents[depth] = url;
    if (methods !== undefined) {
      routes.push({ url, methods: methods.split(', '), isConstrained: constraints !== undefined });
    }
  }
  return routes;
}
