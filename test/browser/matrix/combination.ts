import type { Call } from './script-call.js';

/** The pages and frames that make requests. `own` is a page of the application itself, `sandbox` a frame in the shop's. */
export const CLIENTS = ['shop', 'partner', 'stranger', 'own', 'sandbox'] as const;
export type ClientName = (typeof CLIENTS)[number];

/** Names that the application has: with each of them it is another origin, and another site or not. */
export const HOSTS = ['api.localhost', 'other.localhost', 'shop.localhost', 'api.shop.localhost', '127.0.0.1'] as const;
export type Host = (typeof HOSTS)[number];

/** One URL on the way of a request. */
export interface Hop {
  readonly host: Host;
  /** First segment of the path: a policy, or a path that no route has. */
  readonly policy: string;
  /** Of a redirect, where another hop follows. */
  readonly status: number;
}

/** One policy x one request. */
export interface Combination {
  /** Its `n` in every URL: no two combinations share a URL, and so neither a cache. */
  readonly id: string;
  readonly client: ClientName;
  /** Requests for the same URL, one after the other: a later one shows what is remembered of an earlier. */
  readonly calls: readonly Call[];
  readonly hops: readonly [Hop, ...Hop[]];
  /** Attributes of a cookie that the last answer sets. */
  readonly cookie: string | undefined;
}

/** Name of the cookie that a combination sets. */
export function cookieName({ id }: Combination): string {
  return `set-${id}`;
}

/** URL of the first hop, which knows the way. */
export function urlOf(combination: Combination, port: number): string {
  const { hops, id, cookie } = combination;
  return hops.reduceRight<string | undefined>((next, { host, policy, status }) => {
    const url = new URL(`http://${host}:${port}/${policy}/orders?n=${id}&status=${status}`);
    if (next !== undefined) {
      url.searchParams.set('to', next);
    } else if (cookie !== undefined) {
      url.searchParams.set('cookie', `${cookieName(combination)}=1; ${cookie}`);
    }
    return url.href;
  }, undefined) as string;
}

/** The combination as a line to read. */
export function titleOf({ id, client, calls, hops, cookie }: Combination): string {
  const described = calls.map(describeCall);
  const parts = [
    `${id}: ${client}`,
    described.length === 2 && described[0] === described[1] ? `twice ${described[0]}` : described.join(', then '),
    ...(cookie === undefined ? [] : [`sets "${cookie}"`]),
  ];
  return `${parts.join(', ')} -> ${hops.map(({ host, policy, status }) => `${host}/${policy} ${status}`).join(' -> ')}`;
}

function describeCall({ via, init: { headers = [], body, ...init } }: Call): string {
  const words = Object.entries(init).map(([option, value]) =>
    typeof value === 'boolean' ? (value ? option : '') : value,
  );
  const lines = headers.map(([name, value]) => `${name}: ${value.slice(0, 30)}`);
  const extras = [...lines, ...(body === undefined ? [] : [`a ${body.kind} body`])];
  const what = [via, ...words.filter((word) => word !== '')].join(' ');
  return extras.length === 0 ? what : `${what} (${extras.join(', ')})`;
}
