import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FirefoxMatrix, startFirefoxMatrix } from '../firefox/firefox-matrix.js';
import type { ClientName, Combination } from './combination.js';
import { Matrix } from './matrix.js';
import type { Observation } from './observation.js';
import type { ScriptBody } from './script-call.js';

const BROWSERS: readonly (readonly ['Chromium' | 'Firefox', () => Promise<Matrix | FirefoxMatrix>])[] = [
  ['Chromium', () => Matrix.start('express')],
  ['Firefox', () => startFirefoxMatrix('express')],
];

interface Row {
  readonly title: string;
  readonly client?: ClientName;
  readonly policy?: string;
  readonly method?: string;
  readonly body?: ScriptBody;
  /** Methods as they reach the application: OPTIONS is a preflight here. */
  readonly arrive: string;
  /** The same in Chromium, where it does not follow the standard. */
  readonly arriveInChromium?: string;
  readonly readable: boolean;
}

const text: ScriptBody = { kind: 'text', text: 'a=1' };

/** `nestjs-cors/testing` has no XMLHttpRequest, so that these say themselves what arrives. */
const ROWS: readonly Row[] = [
  { title: 'POST with a body › preflight, then the request', body: text, arrive: 'OPTIONS POST', readable: true },
  {
    title: 'POST without a body › preflight, but not in Chromium',
    arrive: 'OPTIONS POST',
    arriveInChromium: 'POST',
    readable: true,
  },
  {
    title: 'GET › preflight, but not in Chromium',
    method: 'GET',
    arrive: 'OPTIONS GET',
    arriveInChromium: 'GET',
    readable: true,
  },
  {
    title: 'PUT with a body › the one preflight that it has anyway',
    method: 'PUT',
    body: text,
    arrive: 'OPTIONS PUT',
    readable: true,
  },
  {
    title: 'POST from a stranger › stops at the preflight',
    client: 'stranger',
    body: text,
    arrive: 'OPTIONS',
    readable: false,
  },
  {
    title: 'POST that the policy leaves out › stops at the preflight',
    policy: 'reads',
    body: text,
    arrive: 'OPTIONS',
    readable: false,
  },
  { title: 'POST to the own origin › no preflight', client: 'own', body: text, arrive: 'POST', readable: true },
];

const COMBINATIONS = ROWS.map(({ client = 'shop', policy = 'one', method = 'POST', body }, index): Combination => ({
  id: String(index),
  client,
  calls: [{ via: 'xhr', init: { method, withCredentials: true, uploadListener: true, ...(body && { body }) } }],
  hops: [{ host: 'api.localhost', policy, status: 200 }],
  cookie: undefined,
}));

describe.each(BROWSERS)('XMLHttpRequest with an upload listener in %s', (browser, start) => {
  let matrix: Matrix | FirefoxMatrix;
  let observations: ReadonlyMap<string, Observation>;

  beforeAll(async () => {
    matrix = await start();
    observations = await matrix.observe(COMBINATIONS);
  });

  afterAll(() => matrix?.stop());

  it.each(ROWS.map((row, index) => ({ ...row, id: String(index) })))('$title', (row) => {
    const { seen = [], arrivals = [] } = observations.get(row.id) ?? {};
    const expected = (browser === 'Chromium' && row.arriveInChromium) || row.arrive;
    expect(arrivals.map(({ request }) => request.split(' ')[0]).join(' ')).toBe(expected);
    expect(seen).toEqual([row.readable ? expect.objectContaining({ status: 200 }) : 'error']);
  });
});
