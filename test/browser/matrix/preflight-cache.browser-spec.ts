import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORMS } from '../../support/application.js';
import type { ClientName, Combination } from './combination.js';
import { CHROMIUM } from './deviations.js';
import { Matrix } from './matrix.js';
import type { Observation } from './observation.js';
import { MIXED } from './policies.js';
import type { FetchCall } from './script-call.js';

interface Sequence {
  readonly title: string;
  readonly policy: string;
  readonly client?: ClientName;
  readonly inits: readonly FetchCall[];
  /** Methods as they reach the application: OPTIONS is a preflight here. */
  readonly arrive: string;
}

const put: FetchCall = { method: 'PUT', credentials: 'include' };
const remove: FetchCall = { method: 'DELETE', credentials: 'include' };
const json: FetchCall = { method: 'POST', credentials: 'include', headers: [['Content-Type', 'application/json']] };
const custom: FetchCall = { method: 'PUT', credentials: 'include', headers: [['X-Custom', '1']] };
const conditional: FetchCall = { method: 'PUT', credentials: 'include', headers: [['If-Match', '"7"']] };
const anonymous = (init: FetchCall): FetchCall => ({ ...init, credentials: 'omit' });

/** What browsers remember of a grant, for how long, and what of it counts for another request to the same URL. */
const SEQUENCES: readonly Sequence[] = [
  { title: 'asks once where maxAge is 600', policy: 'one', inits: [put, put, put], arrive: 'OPTIONS PUT PUT PUT' },
  { title: 'asks once where a lookup grants', policy: 'lookup', inits: [put, put], arrive: 'OPTIONS PUT PUT' },
  {
    title: 'asks every time where maxAge is 0',
    policy: 'pattern',
    inits: [anonymous(put), anonymous(put), anonymous(put)],
    arrive: 'OPTIONS PUT OPTIONS PUT OPTIONS PUT',
  },
  {
    title: 'asks once within the five seconds of the standard, where there is no maxAge',
    policy: 'list',
    inits: [put, put],
    arrive: 'OPTIONS PUT PUT',
  },
  {
    title: 'remembers headers too',
    policy: 'one',
    inits: [custom, custom, json, custom],
    arrive: 'OPTIONS PUT PUT OPTIONS POST OPTIONS PUT',
  },
  {
    title: 'does not let the grant of one method stand for another, both of one policy',
    policy: 'one',
    inits: [put, remove],
    arrive: 'OPTIONS PUT OPTIONS DELETE',
  },
  {
    title: 'does not let a grant without credentials stand for a request with them',
    policy: 'one',
    inits: [anonymous(put), put],
    arrive: 'OPTIONS PUT OPTIONS PUT',
  },
  {
    title: 'lets a grant with credentials stand for a request without them',
    policy: 'one',
    inits: [put, anonymous(put)],
    arrive: 'OPTIONS PUT PUT',
  },
  {
    title: 'asks again after a refusal, which is not remembered',
    policy: 'no-headers',
    inits: [custom, custom, put],
    arrive: 'OPTIONS OPTIONS OPTIONS PUT',
  },
  {
    title: 'asks every time for a conditional request',
    policy: 'one',
    inits: [conditional, conditional],
    arrive: 'OPTIONS PUT OPTIONS PUT',
  },
  {
    title: 'asks every time for a sandboxed frame',
    policy: 'open-everything',
    client: 'sandbox',
    inits: [anonymous(put), anonymous(put)],
    arrive: 'OPTIONS PUT OPTIONS PUT',
  },
  {
    title: 'never asks the own origin',
    policy: 'none',
    client: 'own',
    inits: [put, custom, json],
    arrive: 'PUT PUT POST',
  },
  {
    title: 'asks every time where the methods of the URL have different policies, whatever their maxAge',
    policy: MIXED,
    inits: [put, put],
    arrive: 'OPTIONS PUT OPTIONS PUT',
  },
  {
    title: 'does not carry the granted headers of PUT over to a POST with @DisableCors()',
    policy: MIXED,
    inits: [{ ...put, headers: [['Content-Type', 'application/json']] }, json],
    arrive: 'OPTIONS PUT OPTIONS',
  },
  {
    title: 'does not carry the granted headers of PUT over to a GET of another policy',
    policy: MIXED,
    inits: [custom, { method: 'GET', credentials: 'include', headers: [['X-Custom', '1']] }],
    arrive: 'OPTIONS PUT OPTIONS',
  },
];

const COMBINATIONS = SEQUENCES.map(({ policy, client = 'shop', inits }, index): Combination => ({
  id: String(index),
  client,
  calls: inits.map((init) => ({ via: 'fetch', init })),
  hops: [{ host: 'api.localhost', policy, status: 200 }],
  cookie: undefined,
}));

describe.each(PLATFORMS)('the preflight cache of Chromium, asking an application on %s,', (platform) => {
  let matrix: Matrix;
  let observations: ReadonlyMap<string, Observation>;
  let expectations: ReadonlyMap<string, Observation>;

  beforeAll(async () => {
    matrix = await Matrix.start(platform);
    observations = await matrix.observe(COMBINATIONS);
    expectations = await matrix.expect(COMBINATIONS, CHROMIUM);
  });

  afterAll(() => matrix?.stop());

  it.each(SEQUENCES.map((sequence, index) => ({ ...sequence, id: String(index) })))('$title', ({ id, arrive }) => {
    const observation = observations.get(id);
    expect(methodsOf(observation)).toBe(arrive);
    expect(observation).toEqual(expectations.get(id));
  });
});

function methodsOf(observation: Observation | undefined): string {
  return (observation?.arrivals ?? []).map(({ request }) => request.split(' ')[0]).join(' ');
}
