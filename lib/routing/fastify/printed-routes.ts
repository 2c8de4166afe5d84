/** A route in the output of Fastify's `printRoutes()`. */
export interface PrintedRoute {
  readonly url: string;
  readonly methods: readonly string[];
  /** Whether the route has constraints. Their values cannot be read. */
  readonly isConstrained: boolean;
}

const NO_ROUTES = /^\s*(?:\(empty tree\)\s*)?$/;
const LINE = /^((?:│ {3}| {4})*)((?:├|└)── )?([^ ].*)$/;
const ROUTE = /^(.*?) \(([A-Z-]+(?:, [A-Z-]+)*)\)( \{.*\})?$/;

/**
 * Reads the tree that Fastify's `printRoutes()` returns: each line adds to the path of its parent line. Returns undefined
 * for a string in another format.
 */
export function printedRoutes(text: string): readonly PrintedRoute[] | undefined {
  if (NO_ROUTES.test(text)) {
    return [];
  }
  const routes: PrintedRoute[] = [];
  const parents: string[] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const [, indent = '', mark, rest] = LINE.exec(line) ?? [];
    // A line without a mark is another route of the line before it.
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
