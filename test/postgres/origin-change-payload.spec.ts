import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readOriginChange } from '../../lib/postgres/origin-change-payload.js';

const ORIGIN = 'https://a.example';

describe('the payload of a notification', () => {
  it.each([
    [`{"origin": "${ORIGIN}", "tenant": "a"}`, { origin: ORIGIN, tenant: 'a' }],
    [`{"origin":"${ORIGIN}"}`, { origin: ORIGIN }],
    ['{"tenant":"a"}', { tenant: 'a' }],
    [`{"origin":"${ORIGIN}","tenant":""}`, { origin: ORIGIN }],
    [`{"origin":"${ORIGIN}","tenant":null}`, { origin: ORIGIN }],
    ['{"origin":null}', {}],
    ['{}', {}],
    [`{"origin":"${ORIGIN}","table":"cors_origins"}`, { origin: ORIGIN }],
    ['', {}],
  ])('reads %s', (payload, change) => {
    expect(readOriginChange(payload)).toEqual({ change, understood: true });
  });

  it.each([
    ['text', 'hello'],
    ['half of an object', '{"origin":'],
    ['null', 'null'],
    ['a number', '1'],
    ['an array', `["${ORIGIN}"]`],
    ['a string', `"${ORIGIN}"`],
    ['an origin of another type', '{"origin":1}'],
    ['a tenant of another type', `{"origin":"${ORIGIN}","tenant":{}}`],
    ['more than PostgreSQL sends', JSON.stringify({ origin: 'a'.repeat(8000) })],
  ])('that is %s stands for everything', (_name, payload) => {
    expect(readOriginChange(payload)).toEqual({ change: {}, understood: false });
  });

  it('does not reach into the prototype', () => {
    const { change } = readOriginChange(`{"__proto__":{"origin":"${ORIGIN}"},"constructor":1}`);
    expect(change).toEqual({});
    expect(Object.getPrototypeOf(change)).toBe(Object.prototype);
  });

  it('never throws, and never narrows a change that it did not understand', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.record({ origin: fc.anything(), tenant: fc.anything() }, { requiredKeys: [] }).map((value) => {
        try {
          return JSON.stringify(value);
        } catch {
          return '{';
        }
      }),
    );
    fc.assert(
      fc.property(anything, (payload) => {
        const { change, understood } = readOriginChange(payload);
        expect(Object.keys(change).every((key) => key === 'origin' || key === 'tenant')).toBe(true);
        expect(Object.values(change).every((value) => typeof value === 'string')).toBe(true);
        expect(understood || Object.keys(change).length === 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('brings origin and tenant through unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 1 }), (origin, tenant) => {
        expect(readOriginChange(JSON.stringify({ origin, tenant })).change).toEqual({ origin, tenant });
      }),
    );
  });
});
