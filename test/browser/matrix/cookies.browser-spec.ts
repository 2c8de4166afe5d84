import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORMS } from '../../support/application.js';
import type { CredentialsMode, RequestMode } from '../../../lib/entry-points/testing/index.js';
import { type ClientName, type Combination, cookieName, type Host } from './combination.js';
import { CHROMIUM } from './deviations.js';
import { Matrix } from './matrix.js';
import type { Observation } from './observation.js';

/** The attributes of the cookies that an answer sets. */
const ATTRIBUTES = {
  unspecified: 'Path=/',
  lax: 'SameSite=Lax; Path=/',
  strict: 'SameSite=Strict; Path=/',
  none: 'SameSite=None; Secure; Path=/',
  'none, not secure': 'SameSite=None; Path=/',
} as const;
type Attribute = keyof typeof ATTRIBUTES;

interface Row {
  readonly title: string;
  readonly client: ClientName;
  readonly host: Host;
  readonly credentials: CredentialsMode;
  readonly mode?: RequestMode;
  readonly policy?: string;
  /** Cookies that the browser keeps of the answer, and sends with the next request. */
  readonly kept: readonly Attribute[];
}

const ALL: readonly Attribute[] = ['unspecified', 'lax', 'strict', 'none'];

const ROWS: readonly Row[] = [
  { title: 'the own origin', client: 'own', host: 'api.localhost', credentials: 'same-origin', kept: ALL },
  { title: 'the own origin, credentials omitted', client: 'own', host: 'api.localhost', credentials: 'omit', kept: [] },
  { title: 'another port of the same host', client: 'shop', host: 'shop.localhost', credentials: 'include', kept: ALL },
  {
    title: 'another host of the same site',
    client: 'shop',
    host: 'api.shop.localhost',
    credentials: 'include',
    kept: ALL,
  },
  {
    title: 'the same site, without leave to include',
    client: 'shop',
    host: 'api.shop.localhost',
    credentials: 'same-origin',
    kept: [],
  },
  {
    title: 'another name of this machine, which is another site',
    client: 'shop',
    host: 'api.localhost',
    credentials: 'include',
    kept: ['none'],
  },
  { title: 'another site, credentials omitted', client: 'shop', host: 'api.localhost', credentials: 'omit', kept: [] },
  {
    title: "the page's own host, from a sandboxed frame",
    client: 'sandbox',
    host: 'shop.localhost',
    credentials: 'include',
    kept: ['none'],
  },
  {
    title: 'a policy that refuses: the answer stays unread, its cookies do not',
    client: 'stranger',
    host: 'api.localhost',
    credentials: 'include',
    kept: ['none'],
  },
  {
    title: 'a policy without credentials: the same',
    client: 'shop',
    host: 'api.shop.localhost',
    credentials: 'include',
    policy: 'anonymous',
    kept: ALL,
  },
  {
    title: 'no CORS at all: the same',
    client: 'shop',
    host: 'api.shop.localhost',
    credentials: 'include',
    mode: 'no-cors',
    policy: 'disabled',
    kept: ALL,
  },
  {
    title: 'a policy with rejectDisallowed: its 403 sets no cookie',
    client: 'stranger',
    host: 'api.localhost',
    credentials: 'include',
    policy: 'strict',
    kept: [],
  },
];

const NAMES = Object.keys(ATTRIBUTES) as Attribute[];
const COMBINATIONS = ROWS.flatMap(({ client, host, credentials, mode = 'cors', policy = 'one' }, row) =>
  NAMES.map((attribute, column): Combination => {
    const init = { method: 'POST', credentials, mode };
    const calls = [{ via: 'fetch', init } as const, { via: 'fetch', init } as const];
    return {
      id: `${row}-${column}`,
      client,
      calls,
      hops: [{ host, policy, status: 200 }],
      cookie: ATTRIBUTES[attribute],
    };
  }),
);

describe.each(PLATFORMS)(
  'cookies that Chromium keeps of an application on %s, and sends to it again: from',
  (platform) => {
    let matrix: Matrix;
    const kept = new Map<string, boolean>();
    const sent = new Map<string, boolean>();
    let observations: ReadonlyMap<string, Observation>;
    let expectations: ReadonlyMap<string, Observation>;

    beforeAll(async () => {
      matrix = await Matrix.start(platform);
      observations = await matrix.observe(COMBINATIONS);
      expectations = await matrix.expect(COMBINATIONS, CHROMIUM);
      for (const combination of COMBINATIONS) {
        const { id, hops } = combination;
        const stored = await matrix.window.window.context.cookies(`http://${hops[0].host}:${matrix.port}/`);
        kept.set(
          id,
          stored.some(({ name }) => name === cookieName(combination)),
        );
        const last = observations.get(id)?.arrivals.at(-1);
        sent.set(id, last?.cookies.includes(`${cookieName(combination)}=1`) ?? false);
      }
    });

    afterAll(() => matrix?.stop());

    it.each(ROWS.map((row, index) => ({ ...row, row: index })))('$title', ({ row, kept: expected }) => {
      const those = (map: ReadonlyMap<string, boolean>) => NAMES.filter((_, column) => map.get(`${row}-${column}`));
      expect(those(kept)).toEqual(expected);
      expect(those(sent)).toEqual(expected);
      for (const column of NAMES.keys()) {
        expect(observations.get(`${row}-${column}`)).toEqual(expectations.get(`${row}-${column}`));
      }
    });
  },
);
