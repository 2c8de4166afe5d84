import type { FetchInit } from '../../lib/entry-points/testing/index.js';
import type { Platform } from '../support/application.js';
import { offeredPolicies, type Servers } from './testing-client.servers.js';

/** One `fetch()` of one page, which a browser and the client have to end alike. */
export interface Case {
  readonly name: string;
  /** Origin of the page. */
  readonly page: string;
  readonly url: string;
  readonly init: FetchInit & { readonly headers?: Record<string, string> };
}

/** Small, seeded, and the same everywhere: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)] as T;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

const METHODS = ['GET', 'GET', 'get', 'HEAD', 'POST', 'POST', 'PUT', 'put', 'DELETE', 'PATCH', 'patch'];
const STATUSES = ['200', '200', '200', '201', '204', '400', '401', '404', '500'];
const REDIRECTS = ['301', '302', '303', '307', '308'];
const CREDENTIALS = ['omit', 'same-origin', 'include', 'include'] as const;
const HEADERS: readonly Record<string, string>[] = [
  {},
  {},
  {},
  { 'Content-Type': 'application/json' },
  { 'Content-Type': 'text/plain;charset=UTF-8' },
  { 'Content-Type': 'Text/Plain ; a="b"' },
  { 'Content-Type': 'application/x-www-form-urlencoded; x=1' },
  { Accept: 'application/json' },
  { Accept: 'text/html; q="1"' },
  { Accept: 'a'.repeat(128) },
  { Accept: 'a'.repeat(129) },
  { 'Content-Language': 'en, de;q=0.8' },
  { 'Content-Language': 'en_US' },
  { Range: 'bytes=0-99' },
  { Range: 'bytes=5-' },
  { Range: 'bytes=-5' },
  { Range: 'bytes=9-1' },
  { Range: 'bytes=0-1,3-4' },
  { Authorization: 'Bearer token' },
  { Authorization: 'Bearer token', 'X-Custom': '1' },
  { 'X-Custom': '1' },
  { 'X-Other': '1', 'If-Match': '"7"', 'Content-Type': 'application/json' },
  { 'If-Match': '"7"' },
  { Origin: 'http://forged.example', Cookie: 'forged=1', 'Sec-Fetch-Site': 'none' },
  { 'X-HTTP-Method-Override': 'PATCH' },
  { 'X-HTTP-Method-Override': 'TRACE' },
];

/** Requests to routes with policies of the library. */
export function policyCases(random: Random, count: number, servers: Servers): Case[] {
  const { pages } = servers;
  const names = Object.keys(offeredPolicies(pages));
  return Array.from({ length: count }, (_, id) => {
    const platform = random.pick<Platform>(['express', 'fastify']);
    const base = `http://${random.pick(['127.0.0.1', '127.0.0.1', 'localhost', 'api.localhost'])}:${servers.policies[platform]}`;
    const page = random.pick([
      `http://shop.localhost:${pages}`,
      `http://shop.localhost:${pages}`,
      `http://127.0.0.1:${pages}`,
      `http://localhost:${pages}`,
      `http://other.localhost:${pages}`,
      base,
    ]);
    const method = random.pick(METHODS);
    const url = new URL(`${base}/${random.pick(names)}/orders?n=${id}`);
    if (random.chance(0.3)) {
      const other = random.pick<Platform>(['express', 'fastify']);
      const target = random.pick([
        `/${random.pick(names)}/orders?n=${id}&hop=2`,
        `http://127.0.0.1:${servers.policies[other]}/${random.pick(names)}/orders?n=${id}&hop=2`,
        `http://api.localhost:${servers.policies[other]}/${random.pick(names)}/orders?n=${id}&hop=2`,
        `${page}/open/orders?n=${id}&hop=2`,
      ]);
      url.searchParams.set('status', random.pick(REDIRECTS));
      url.searchParams.set('to', target);
    } else {
      url.searchParams.set('status', random.pick(STATUSES));
    }
    if (random.chance(0.15)) {
      url.searchParams.set('cookie', random.pick([`set${id}=1; Path=/`, `none${id}=1; SameSite=None; Secure; Path=/`]));
    }
    return named({ page, url: url.href, init: init(random, method) });
  });
}

const CRAFTED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'access-control-allow-origin': [
    ['$origin'],
    ['$origin'],
    ['$origin'],
    ['*'],
    ['*'],
    ['null'],
    ['http://other.example'],
    ['$origin/'],
    ['$origin, *'],
    ['$origin', '$origin'],
    [],
  ],
  'access-control-allow-credentials': [['true'], ['true'], ['true'], ['True'], ['false'], []],
  'access-control-expose-headers': [
    ['X-Total'],
    ['*'],
    ['x-total, *'],
    ['x-total', 'x-secret'],
    ['x total'],
    [','],
    [],
  ],
};
const CRAFTED_PREFLIGHT: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'access-control-allow-methods': [
    ['*'],
    ['PUT, DELETE, PATCH'],
    ['PUT', 'PATCH,DELETE'],
    ['put'],
    ['patch'],
    [' PUT ,, DELETE'],
    ['PUT DELETE'],
    [],
  ],
  'access-control-allow-headers': [
    ['*'],
    ['*, authorization'],
    ['Content-Type, X-Custom, Authorization, If-Match, X-Other'],
    ['CONTENT-TYPE', 'x-custom'],
    ['content type'],
    [],
  ],
  'access-control-max-age': [['600'], ['0'], ['abc'], []],
  status: [['200'], ['204'], ['204'], ['299'], ['302'], ['403']],
};

/** Requests that are answered with every kind of right and wrong header, by a server without the library. */
export function craftedCases(random: Random, count: number, servers: Servers): Case[] {
  return Array.from({ length: count }, (_, id) => {
    const platform = random.pick<Platform>(['express', 'fastify']);
    const url = new URL(`http://127.0.0.1:${servers.crafted[platform]}/crafted?n=${id}`);
    const origin = random.pick(CRAFTED['access-control-allow-origin'] ?? []);
    const credentials = random.pick(CRAFTED['access-control-allow-credentials'] ?? []);
    const append = (part: string, header: string, values: readonly string[]) =>
      values.forEach((value) => url.searchParams.append(`${part}.${header}`, value));
    for (const part of ['p', 'r']) {
      // Mostly, preflight and response agree; otherwise nearly every case would end at the preflight.
      const agree = random.chance(0.8);
      append(part, 'access-control-allow-origin', agree ? origin : ['$origin']);
      append(part, 'access-control-allow-credentials', agree ? credentials : ['true']);
    }
    append('r', 'access-control-expose-headers', random.pick(CRAFTED['access-control-expose-headers'] ?? []));
    append('r', 'x-secret', ['s']);
    if (random.chance(0.2)) {
      append('r', 'cross-origin-resource-policy', [random.pick(['same-origin', 'same-site', 'cross-origin'])]);
    }
    for (const [header, choices] of Object.entries(CRAFTED_PREFLIGHT)) {
      append('p', header, random.pick(choices));
    }
    const page = `http://${random.pick(['shop.localhost', '127.0.0.1'])}:${servers.pages}`;
    const mode = random.chance(0.12) ? random.pick(['no-cors', 'same-origin'] as const) : undefined;
    const made = init(random, random.pick(mode === 'no-cors' ? ['GET', 'POST', 'PUT'] : METHODS));
    // Chromium does not keep to the standard here; a test of its own says so.
    if (
      made.headers?.['Authorization'] !== undefined &&
      url.searchParams.get('p.access-control-allow-headers') === '*'
    ) {
      url.searchParams.set('p.access-control-allow-headers', '*, authorization');
    }
    return named({ page, url: url.href, init: mode === undefined ? made : { ...made, mode } });
  });
}

/** The same few URLs again and again, so that grants of earlier preflights count. */
export function cacheCases(random: Random, count: number, servers: Servers): Case[] {
  const methods = ['PUT', 'DELETE', 'PATCH', 'POST'];
  return Array.from({ length: count }, (_, id) => {
    const platform = random.pick<Platform>(['express', 'fastify']);
    const page = random.pick([`http://shop.localhost:${servers.pages}`, `http://127.0.0.1:${servers.pages}`]);
    const grants = random.pick(['*', 'PUT,DELETE']);
    const url = random.chance(0.5)
      ? `http://127.0.0.1:${servers.policies[platform]}/partners/orders?cache=${id % 3}`
      : `http://127.0.0.1:${servers.crafted[platform]}/crafted?cache=${id % 2}&p.access-control-allow-origin=$origin` +
        `&p.access-control-allow-credentials=true&p.access-control-allow-methods=${grants}` +
        '&p.access-control-allow-headers=x-custom,content-type&p.access-control-max-age=600' +
        '&r.access-control-allow-origin=$origin&r.access-control-allow-credentials=true';
    const headers = random.pick([{}, { 'X-Custom': '1' }, { 'Content-Type': 'application/json' }]);
    const credentials = random.pick(['omit', 'include'] as const);
    return named({ page, url, init: { method: random.pick(methods), headers, credentials } });
  });
}

/** Redirects off the beaten track. */
export function redirectCases(servers: Servers): Case[] {
  const page = `http://shop.localhost:${servers.pages}`;
  const granted =
    'r.access-control-allow-origin=$origin&p.access-control-allow-origin=$origin&p.access-control-allow-methods=*';
  const { express, fastify } = servers.crafted;
  const start = `http://127.0.0.1:${express}/crafted?${granted}&r.status=302`;
  const target = (port: number) => `http://127.0.0.1:${port}/crafted?${granted}`;
  const redirect = (location: string) => `${start}&r.location=${encodeURIComponent(location)}`;
  const get = { method: 'GET' };
  const cases: Omit<Case, 'name'>[] = [
    { page, url: start, init: get },
    { page, url: start, init: { method: 'GET', redirect: 'manual' } },
    { page, url: redirect('http://'), init: get },
    { page, url: redirect('data:text/plain,hello'), init: get },
    { page, url: redirect('ftp://127.0.0.1/'), init: get },
    { page, url: redirect(target(express).replace('//', '//user:secret@')), init: get },
    { page, url: redirect(target(fastify).replace('//', '//user@')), init: get },
    { page, url: redirect(target(express)), init: { method: 'GET', mode: 'no-cors' } },
    { page, url: redirect(target(express)), init: { method: 'GET', mode: 'no-cors', redirect: 'manual' } },
    { page, url: redirect(target(express)), init: { method: 'GET', mode: 'no-cors', redirect: 'error' } },
    { page, url: redirect(target(fastify)), init: { method: 'PUT', body: 'x' } },
    { page, url: redirect(target(express)), init: { method: 'PUT', body: 'x' } },
    { page, url: redirect(`${target(express)}#new`), init: get },
    { page, url: `${redirect(target(express))}#old`, init: get },
    { page, url: `${redirect(`${page}/`)}`, init: get },
    { page, url: start.replace('302', '304'), init: get },
    { page, url: start.replace('302', '300'), init: get },
    // Leads to itself, for ever.
    { page, url: start.replace('302', '308&r.location=$self'), init: get },
    {
      page: `http://127.0.0.1:${express}`,
      url: redirect(target(fastify)),
      init: { method: 'GET', mode: 'same-origin' },
    },
    { page: `http://127.0.0.1:${express}`, url: redirect(target(fastify)), init: get },
    { page: `http://127.0.0.1:${express}`, url: redirect(target(fastify)), init: { method: 'POST', body: 'x' } },
    { page: `http://127.0.0.1:${express}`, url: redirect(target(fastify)), init: { method: 'DELETE' } },
    {
      page: `http://127.0.0.1:${express}`,
      url: redirect(target(express)),
      init: { method: 'GET', headers: { Authorization: 'Bearer token' } },
    },
    {
      page: `http://127.0.0.1:${express}`,
      url: redirect(target(fastify)),
      init: { method: 'GET', headers: { Authorization: 'Bearer token' } },
    },
  ];
  return cases.map(named);
}

function init(random: Random, method: string): Case['init'] {
  const body = /^(?:get|head)$/i.test(method) || random.chance(0.4) ? undefined : random.pick(['{"a":1}', 'ä=1', '']);
  const redirect = random.chance(0.15) ? random.pick(['manual', 'error'] as const) : undefined;
  return {
    method,
    headers: random.pick(HEADERS),
    credentials: random.pick(CREDENTIALS),
    ...(body !== undefined && { body }),
    ...(redirect !== undefined && { redirect }),
  };
}

function named(made: Omit<Case, 'name'>): Case {
  return { ...made, name: `${made.page} -> ${made.init.method} ${made.url} ${JSON.stringify(made.init)}` };
}
