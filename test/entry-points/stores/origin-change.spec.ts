import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { originChange, readPayload, writePayload } from '../../../lib/entry-points/stores/origin-change.js';

const ORIGIN = 'https://a.example';

describe.each([
  ['text', (payload: string) => readPayload(payload)],
  ['bytes', (payload: string) => readPayload(Buffer.from(payload))],
])('change payload of %s', (_name, read) => {
  it.each([
    [`{"origin": "${ORIGIN}", "tenant": "a"}`, { origin: ORIGIN, tenant: 'a' }],
    [`{"origin":"${ORIGIN}"}`, { origin: ORIGIN }],
    ['{"tenant":"ü"}', { tenant: 'ü' }],
    [`{"origin":"${ORIGIN}","tenant":""}`, { origin: ORIGIN }],
    [`{"origin":"${ORIGIN}","tenant":null}`, { origin: ORIGIN }],
    ['{"origin":null,"tenant":null}', {}],
    ['{"origin":""}', {}],
    ['{}', {}],
    [`{"origin":"${ORIGIN}","table":"cors_origins","at":1}`, { origin: ORIGIN }],
    ['', {}],
  ])('valid payload %s: is read', (payload, change) => {
    expect(read(payload)).toStrictEqual(change);
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
    ['longer than any change', `{"tenant":"${'a'.repeat(8192)}"}`],
    ['longer than any change in bytes', `{"tenant":"${'ü'.repeat(4096)}"}`],
  ])('%s: is not a change', (_kind, payload) => {
    expect(read(payload)).toBeUndefined();
  });

  it('property names of Object.prototype: are ignored', () => {
    const change = read(`{"__proto__":{"origin":"${ORIGIN}"},"constructor":1}`);
    expect(change).toStrictEqual({});
    expect(Object.getPrototypeOf(change)).toBe(Object.prototype);
  });

  it('arbitrary JSON: is a change of origin and tenant, or none', () => {
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
        const change = read(payload) ?? {};
        expect(Object.keys(change).every((key) => key === 'origin' || key === 'tenant')).toBe(true);
        expect(Object.values(change).every((value) => typeof value === 'string')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('arbitrary origin and tenant: are the same after writing and reading', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(text, text, (origin, tenant) => {
        expect(read(writePayload({ origin, tenant }))).toEqual({ origin, tenant });
      }),
    );
  });
});

describe('change payload that is not UTF-8', () => {
  it('arbitrary bytes: are read without an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (payload) => {
        expect(() => readPayload(payload)).not.toThrow();
      }),
    );
  });
});

describe('change of a row', () => {
  it('row for every tenant, or without an origin: leaves the field out', () => {
    expect(originChange(ORIGIN, 'a')).toStrictEqual({ origin: ORIGIN, tenant: 'a' });
    expect(originChange(ORIGIN, '')).toStrictEqual({ origin: ORIGIN });
    expect(originChange('', null)).toStrictEqual({});
    expect(originChange(undefined, 'a')).toStrictEqual({ tenant: 'a' });
  });

  it('row of any length: is sent as JSON, and as a change of everything when it is too long', () => {
    expect(writePayload({ origin: ORIGIN, tenant: 'a' })).toBe(`{"origin":"${ORIGIN}","tenant":"a"}`);
    const longest = 'a'.repeat(8192 - '{"tenant":""}'.length);
    expect(readPayload(writePayload({ tenant: longest }))).toEqual({ tenant: longest });
    expect(writePayload({ tenant: `${longest}a` })).toBe('{}');
  });
});
