import { VERSION_NEUTRAL } from '@nestjs/common';
import type { RegisteredRoute, Route, RouteMatch, Recipient, UrlRoutes } from '../route.js';
import { type ForeignRoute, handlesMethod, methodsOf } from './foreign-routes.js';
import type { PathParams } from './path-index.js';

/** A route of Nest's that matches a path. */
export interface Hit {
  readonly route: RegisteredRoute;
  /** The number of routes that the router tries before. */
  readonly position: number;
  readonly params: PathParams;
}

/** The routes of Express at one URL. One search finds them all, and each method chooses among them. */
export class ExpressUrlRoutes implements UrlRoutes {
  constructor(
    private readonly hits: readonly Hit[],
    private readonly foreign: readonly ForeignRoute[],
  ) {}

  get methods(): readonly string[] {
    const named = this.hits.filter(({ route }) => !route.mounted && route.method !== '*');
    return [...named.map(({ route }) => route.method), ...this.foreign.flatMap(methodsOf)];
  }

  get routes(): readonly Route[] {
    return this.hits.map(({ route }) => route);
  }

  /** The routes that can take a request with this method, up to the first route of Nest that takes every such request. */
  recipients(method: string): readonly Recipient[] {
    const alone = this.foreign.length === 0 ? onlyRecipient(this.hits, method) : undefined;
    if (alone !== undefined) {
      return alone;
    }
    const first = this.foreign.find((each) => handlesMethod(each, method));
    const before: RouteMatch[] = [];
    const passesTo: RouteMatch[] = [];
    const served = new Set<unknown>();
    let isTaken = false;
    for (const { route, position, params } of this.hits) {
      if (servesMethod(route, method)) {
        const versions = [route.version].flat();
        // A route is unreachable if earlier routes serve all of its versions.
        if (isUnconditional(route) || versions.some((version) => !served.has(version))) {
          (first !== undefined && first.position <= position ? passesTo : before).push({ route, params });
        }
        versions.forEach((version) => served.add(version));
        if (isUnconditional(route)) {
          isTaken = passesTo.length === 0;
          break;
        }
      }
    }
    const recipients: Recipient[] = before.map((match) => ({ match, passesTo: [] }));
    return first === undefined || isTaken ? recipients : [...recipients, { match: undefined, passesTo }];
  }
}

/** The usual case: no route for the method, or the first one takes every request. */
function onlyRecipient(hits: readonly Hit[], method: string): readonly Recipient[] | undefined {
  for (const { route, params } of hits) {
    if (servesMethod(route, method)) {
      return isUnconditional(route) ? [{ match: { route, params }, passesTo: [] }] : undefined;
    }
  }
  return [];
}

/** Whether the route serves every version. */
export function isUnconditional({ version }: RegisteredRoute): boolean {
  return version === undefined || version === VERSION_NEUTRAL;
}

/** Like `Route._handlesMethod()`: each route of Nest is its own layer, so a GET route takes HEAD before a later HEAD route. */
export function servesMethod({ method, mounted }: RegisteredRoute, requested: string): boolean {
  return mounted || method === '*' || method === requested || (method === 'GET' && requested === 'HEAD');
}
