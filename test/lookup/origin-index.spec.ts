import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OriginIndex } from '../../lib/lookup/origin-index.js';
import { type ReadRow, readRow } from '../../lib/lookup/row-reader.js';
import { compileOrigins } from '../support/compile-origins.js';

const row = (origin: string, tenant?: string | null): ReadRow => readRow({ origin, tenant }, 0) as ReadRow;

describe('the index of a list', () => {
  it('rows with and without a tenant: allow that tenant alone, or all tenants', () => {
    const index = new OriginIndex();
    [row('https://all.example'), row('https://a.example', 'acme'), row('https://*.b.example', 'acme')].forEach((each) =>
      index.add(each),
    );
    const allowedFor = (tenant: string | undefined) =>
      ['https://all.example', 'https://a.example', 'https://x.b.example', 'https://b.example'].filter((origin) =>
        index.allows(origin, tenant),
      );
    expect(allowedFor('acme')).toEqual(['https://all.example', 'https://a.example', 'https://x.b.example']);
    for (const other of [undefined, '', 'umbrella', 'ACME', '__proto__', 'constructor']) {
      expect(allowedFor(other)).toEqual(['https://all.example']);
    }
  });

  it('origins and patterns in several rows: are counted once', () => {
    const index = new OriginIndex();
    for (const tenant of ['a', 'b', 'a', '']) {
      index.add(row('https://a.example', tenant));
      index.add(row('https://*.a.example', tenant));
    }
    expect(index.sizes).toEqual({ origins: 1, patterns: 1 });
    index.remove('https://a.example');
    index.remove('https://*.a.example');
    index.remove('https://unknown.example');
    expect(index.sizes).toEqual({ origins: 0, patterns: 0 });
    expect(index.allows('https://a.example', 'a') || index.allows('https://x.a.example', 'a')).toBe(false);
  });

  it('any rows added and removed: agrees with a walk through all rows', () => {
    const texts = [
      'https://a.example',
      'https://x.a.example',
      'https://x.a.example:8443',
      'https://*.a.example',
      'https://*.a.example:*',
      'https://x.a.example:*',
      'http://*.a.example:8443',
    ];
    const origins = [
      'https://a.example',
      'https://x.a.example',
      'https://y.x.a.example',
      'https://x.a.example:8443',
      'http://x.a.example:8443',
      'https://xa.example',
    ];
    const tenants = ['', 'acme', 'umbrella'];
    const text = fc.constantFrom(...texts);
    const step = fc.oneof(
      fc.record({ do: fc.constant('add' as const), text, tenant: fc.constantFrom(...tenants) }),
      fc.record({ do: fc.constant('remove' as const), text }),
      fc.record({ do: fc.constant('look' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
        const index = new OriginIndex();
        let rows: { readonly text: string; readonly tenant: string }[] = [];
        const compare = () => {
          for (const tenant of [undefined, ...tenants]) {
            const expected = origins.filter((origin) =>
              rows.some(
                (each) => (each.tenant === '' || each.tenant === tenant) && compileOrigins([each.text]).allows(origin),
              ),
            );
            expect(origins.filter((origin) => index.allows(origin, tenant))).toEqual(expected);
          }
        };
        for (const each of steps) {
          if (each.do === 'add') {
            index.add(row(each.text, each.tenant));
            rows.push(each);
          } else if (each.do === 'remove') {
            index.remove(each.text);
            rows = rows.filter((other) => other.text !== each.text);
          } else {
            compare();
          }
        }
        compare();
      }),
    );
  });
});
