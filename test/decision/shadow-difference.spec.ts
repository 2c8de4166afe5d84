import { describe, expect, it } from '@jest/globals';
import { decideActual } from '../../lib/decision/actual-decision.js';
import { decidePreflight } from '../../lib/decision/preflight-decision.js';
import { compareActual, comparePreflights } from '../../lib/decision/shadow-difference.js';
import { listOf, policy } from './policies.js';

const ORIGIN = 'https://a.example';
const facts = { origin: ORIGIN, requestMethod: 'PUT', requestHeaders: undefined };
type Fields = Parameters<typeof policy>[0];

const preflight = (fields: Fields, granted = true) =>
  decidePreflight(
    policy({ origin: listOf(ORIGIN), ...fields }),
    facts,
    granted ? 'origin-listed' : 'origin-not-listed',
  );
const actual = (fields: Fields, granted = true) =>
  decideActual(
    policy({ origin: listOf(ORIGIN), ...fields }),
    'GET',
    ORIGIN,
    granted ? 'origin-listed' : 'origin-not-listed',
  );

describe('shadow difference › preflights', () => {
  it.each([
    ['none where both grant the same', preflight({}), preflight({}), []],
    ['none where both refuse', preflight({}, false), preflight({ maxAge: '5' }, false), []],
    ['the grant', preflight({}), preflight({}, false), ['granted']],
    ['the grant, the other way round', preflight({}, false), preflight({}), ['granted']],
    ['the origin', preflight({}), preflight({ origin: { kind: 'any' } }), ['allow-origin']],
    [
      'everything else',
      preflight({}),
      preflight({ credentials: true, maxAge: '5', optionsSuccessStatus: 200 }),
      ['allow-credentials', 'max-age', 'status'],
    ],
  ] as const)('live and shadow preflight: differ in %s', (_name, live, shadow, differences) => {
    expect(comparePreflights(live, shadow)).toEqual(differences);
  });
});

describe('shadow difference › responses', () => {
  it.each([
    ['none where both grant the same', actual({}), actual({}), []],
    ['none where both refuse', actual({}, false), actual({ credentials: true }, false), []],
    ['the grant', actual({}), actual({}, false), ['granted']],
    ['a 403', actual({}, false), actual({ rejectDisallowed: true }, false), ['rejected']],
    ['a grant that becomes a 403', actual({}), actual({ rejectDisallowed: true }, false), ['granted', 'rejected']],
    ['no 403 where both grant', actual({}), actual({ rejectDisallowed: true }), []],
    ['the origin', actual({}), actual({ origin: { kind: 'any' } }), ['allow-origin']],
    [
      'the names of exposed headers',
      actual({ exposedHeaders: { kind: 'constant', value: 'ETag' } }),
      actual({ exposedHeaders: { kind: 'constant', value: 'Link' } }),
      ['expose-headers'],
    ],
    ['all exposed headers', actual({}), actual({ exposedHeaders: { kind: 'all' } }), ['expose-headers']],
    [
      'credentials and exposed headers',
      actual({ exposedHeaders: { kind: 'constant', value: 'ETag' } }),
      actual({ credentials: true, exposedHeaders: { kind: 'all' } }),
      ['allow-credentials', 'expose-headers'],
    ],
  ] as const)('live and shadow response: differ in %s', (_name, live, shadow, differences) => {
    expect(compareActual(live, shadow)).toEqual(differences);
  });
});
