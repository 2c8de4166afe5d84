import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OriginRow, StoredOrigin } from '../../lib/options/index.js';
import { auditOrigins, type OriginAuditOptions } from '../../lib/inspect/audit-origins.js';
import { compileOrigins } from '../support/compile-origins.js';

/** Code, row and the row that makes it superfluous. */
function found(rows: readonly unknown[], options?: OriginAuditOptions): readonly (readonly unknown[])[] {
  return auditOrigins(rows as readonly StoredOrigin[], options).map(({ code, id, duplicateOf }) =>
    duplicateOf === undefined ? [code, id] : [code, id, duplicateOf],
  );
}

function messagesFor(rows: readonly OriginRow[]): readonly string[] {
  return auditOrigins(rows).map(({ message }) => message);
}

describe('auditOrigins()', () => {
  it('rows that are what browsers send: finds nothing', () => {
    expect(
      auditOrigins([
        'https://a.example',
        { origin: 'https://b.example:8443', tenant: null },
        { origin: 'https://*.c.example', tenant: 'acme' },
        { origin: 'https://c.example', tenant: 'acme' },
        { origin: 'https://app.c.example', tenant: 'globex' },
      ]),
    ).toEqual([]);
  });

  it('row that can never match: says what to write instead', () => {
    expect(auditOrigins([{ id: 'r1', origin: 'https://Example.com:443/app', tenant: 'acme' }])).toEqual([
      {
        code: 'malformed-origin',
        id: 'r1',
        origin: 'https://Example.com:443/app',
        tenant: 'acme',
        message: '`origin` must be an origin without a path; got "https://Example.com:443/app".',
        hint: 'Write "https://example.com".',
      },
    ]);
  });

  it('unsafe row: is found', () => {
    expect(found(['http://a.example', 'https://*.co.uk', 'null', '*', 'http://localhost:3000'])).toEqual([
      ['insecure-origin', 0],
      ['public-suffix', 1],
      ['null-origin', 2],
      ['wildcard-in-list', 3],
    ]);
  });

  it('row that is no origin, or above a public suffix: is found', () => {
    const rows = ['file://', 'app://.', 'https://*.amazonaws.com', 'https://*.nip.io', 'file://'];
    expect(found(rows)).toEqual([
      ['nonstandard-origin', 0],
      ['nonstandard-origin', 1],
      ['public-suffix', 2],
      ['public-suffix', 3],
      ['nonstandard-origin', 4],
      ['duplicate-origin', 4, 0],
    ]);
    expect(found(rows, { dangerouslyAllow: ['nonstandard-origin', 'public-suffix'] })).toEqual([
      ['duplicate-origin', 4, 0],
    ]);
  });

  it('options: change what is found', () => {
    const rows = ['http://a.example', 'https://*.b.example', 'https://*.com'];
    expect(found(rows, { credentials: false, dangerouslyAllow: ['public-suffix'] })).toEqual([]);
    expect(found(rows, { patterns: false })).toEqual([
      ['insecure-origin', 0],
      ['pattern-not-allowed', 1],
      ['pattern-not-allowed', 2],
    ]);
  });

  it('row with and without an id: is named by the id, or by its place', () => {
    const ids = [
      { id: 7n, origin: '' },
      { id: 'x', origin: '' },
      { id: {}, origin: '' },
      { id: Symbol('x'), origin: '' },
    ];
    expect(
      ids.flatMap((row) => auditOrigins(['https://a.example', row as unknown as OriginRow])).map(({ id }) => id),
    ).toEqual([7n, 'x', 1, 1]);
  });

  it('rows of any type, in anything that can be iterated over: are read', () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const throwing = {
      get origin(): never {
        throw new Error('not loaded');
      },
    };
    function* cursor(): Generator<StoredOrigin> {
      yield* [null, 7, {}, [], revoked.proxy, throwing, { origin: 7 }] as unknown as StoredOrigin[];
    }
    expect(auditOrigins(cursor()).map(({ code, id }) => [code, id])).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((index) => ['invalid-value', index]),
    );
  });

  it('tenant that no request can have: is found', () => {
    expect(auditOrigins([{ origin: 'https://a.example', tenant: 7 } as unknown as OriginRow])).toEqual([
      {
        code: 'invalid-value',
        id: 0,
        origin: 'https://a.example',
        tenant: undefined,
        message: 'The tenant of row 0 must be a string; got a number.',
        hint: "Store it as the policy's tenant function returns it, or leave it out for every tenant.",
      },
    ]);
    expect(found([{ origin: '', tenant: [] }])).toEqual([
      ['malformed-origin', 0],
      ['invalid-value', 0],
    ]);
  });

  it('undefined, null and empty tenant: each stands for every tenant', () => {
    const origin = 'https://a.example';
    expect(found([{ origin }, { origin, tenant: null }, { origin, tenant: '' }, origin])).toEqual([
      ['duplicate-origin', 1, 0],
      ['duplicate-origin', 2, 0],
      ['duplicate-origin', 3, 0],
    ]);
  });
});

describe('auditOrigins() › superfluous row', () => {
  it('same origin in the same tenant: is superfluous', () => {
    const rows = [
      { id: 'a', origin: 'https://a.example', tenant: 'acme' },
      { id: 'b', origin: 'https://a.example', tenant: 'globex' },
      { id: 'c', origin: 'https://a.example', tenant: 'acme' },
    ];
    expect(found(rows)).toEqual([['duplicate-origin', 'c', 'a']]);
    expect(messagesFor(rows)).toEqual(['"https://a.example" is stored more than once: row "a" is the same.']);
  });

  it('another spelling of an origin: is superfluous, whichever comes first', () => {
    const rows = [
      { id: 1, origin: 'https://A.example/' },
      { id: 2, origin: 'https://a.example' },
      { id: 3, origin: 'a.example' },
    ];
    expect(found(rows)).toEqual([
      ['malformed-origin', 1],
      ['duplicate-origin', 1, 2],
      ['malformed-origin', 3],
      ['duplicate-origin', 3, 2],
    ]);
    expect(messagesFor(rows)[1]).toBe('"https://A.example/" is another spelling of "https://a.example" in row 2.');
  });

  it('value that is no origin, twice: is superfluous', () => {
    expect(found(['all', 'all', 'null', 'null'])).toEqual([
      ['malformed-origin', 0],
      ['malformed-origin', 1],
      ['duplicate-origin', 1, 0],
      ['null-origin', 2],
      ['null-origin', 3],
      ['duplicate-origin', 3, 2],
    ]);
  });

  it('origin that is allowed for every tenant: is superfluous', () => {
    const rows = [
      { id: 1, origin: 'https://a.example', tenant: 'acme' },
      { id: 2, origin: 'https://a.example' },
    ];
    expect(found(rows)).toEqual([['duplicate-origin', 1, 2]]);
    expect(messagesFor(rows)).toEqual(['"https://a.example" is allowed in row 2 for every tenant already.']);
  });

  it('counterpart for every tenant that can never match: is not superfluous', () => {
    expect(found([{ origin: 'https://a.example', tenant: 'acme' }, { origin: 'https://a.example/' }])).toEqual([
      ['malformed-origin', 1],
    ]);
  });

  it('pattern of its tenant or of every tenant covers it: is superfluous', () => {
    const rows = [
      { id: 1, origin: 'https://app.b.example.com', tenant: 'acme' },
      { id: 2, origin: 'https://*.b.example.com', tenant: 'acme' },
      { id: 3, origin: 'https://app.b.example.com', tenant: 'globex' },
      { id: 4, origin: 'https://*.example.com' },
    ];
    expect(found(rows)).toEqual([
      ['duplicate-origin', 1, 2],
      ['duplicate-origin', 2, 4],
      ['duplicate-origin', 3, 4],
    ]);
    expect(messagesFor(rows)).toEqual([
      '"https://app.b.example.com" is allowed by the pattern "https://*.b.example.com" in row 2 already.',
      '"https://*.b.example.com" is allowed by the pattern "https://*.example.com" in row 4 for every tenant already.',
      '"https://app.b.example.com" is allowed by the pattern "https://*.example.com" in row 4 for every tenant already.',
    ]);
  });

  it.each([
    ['https://a.example', 'https://a.example:*'],
    ['https://a.example:1', 'https://a.example:*'],
    ['https://a.b.example', 'https://*.b.example:*'],
    ['https://a.b.example:1', 'https://*.b.example:1'],
    ['https://a.b.example:*', 'https://*.b.example:*'],
    ['https://*.b.example', 'https://*.b.example:*'],
    ['https://*.a.b.example:1', 'https://*.b.example:1'],
    ['https://A.b.example/', 'https://*.b.example'],
  ])('%s beside %s: is superfluous', (covered, pattern) => {
    expect(found([covered, pattern])).toContainEqual(['duplicate-origin', 0, 1]);
    expect(found([pattern, covered])).toContainEqual(['duplicate-origin', 1, 0]);
  });

  it.each([
    ['https://b.example', 'https://*.b.example'],
    ['https://a.b.example:1', 'https://*.b.example'],
    ['https://a.b.example:*', 'https://*.b.example'],
    ['https://*.a.b.example:*', 'https://*.b.example:1'],
    ['http://localhost:1', 'https://localhost:*'],
    ['https://ab.example', 'https://b.example:*'],
    ['https://a.xb.example', 'https://*.b.example'],
    ['https://*.b.example', 'https://b.example:*'],
  ])('%s beside %s: is not superfluous', (origin, pattern) => {
    expect(found([origin, pattern])).toEqual([]);
  });

  it('pattern that has to go itself covers it: is not superfluous', () => {
    expect(found(['https://a.com', 'https://*.com'])).toEqual([['public-suffix', 1]]);
  });

  it('row of another tenant with a similar name: is not superfluous', () => {
    expect(
      found([
        { origin: 'https://a.example', tenant: '1' },
        { origin: 'https://a.example', tenant: '1 1' },
        { origin: '1https://a.example', tenant: '' },
        { origin: 'https://*.a.example', tenant: '2' },
        { origin: 'https://b.a.example', tenant: '1' },
      ]).filter(([code]) => code === 'duplicate-origin'),
    ).toEqual([]);
  });
});

describe('auditOrigins() › row that a pattern covers', () => {
  const duplicatesIn = (rows: readonly string[]) => found(rows).filter(([code]) => code === 'duplicate-origin');

  it('pattern: covers whole labels alone', () => {
    expect(duplicatesIn(['https://*.example.com', 'https://xexample.com', 'https://x.yexample.com'])).toEqual([]);
  });

  it('patterns of the same length: only the one with the shorter suffix covers others', () => {
    expect(duplicatesIn(['https://*.xx.yy.example', 'https://*.yy.example', 'https://a.zz.yy.example'])).toEqual([
      ['duplicate-origin', 0, 1],
      ['duplicate-origin', 2, 1],
    ]);
  });
});

describe('auditOrigins() › row of the wrong type', () => {
  it('tenant or origin that is no string: is no duplicate', () => {
    const a = 'https://a.example';
    expect(
      found([{ origin: a, tenant: 7 }, { origin: a, tenant: 7 }, a, 5, 'undefined', 'https://*.b.example']).filter(
        ([code]) => code === 'duplicate-origin',
      ),
    ).toEqual([]);
  });

  it('any value: is shown as it is stored', () => {
    const shown = (row: unknown) =>
      auditOrigins([row as StoredOrigin]).map(({ id, origin, tenant }) => [id, origin, tenant]);
    expect(shown(null)).toEqual([[0, null, undefined]]);
    expect(shown({ id: 9n, origin: 5, tenant: '' })).toEqual([[9n, 5, undefined]]);
    const lazy = {
      get origin(): string {
        throw new Error('not loaded');
      },
    };
    expect(shown(lazy)).toEqual([[0, undefined, undefined]]);
  });
});

describe('auditOrigins() › hint of a duplicate', () => {
  it.each([
    [['https://a.example', 'https://a.example'], 'Keep one of these rows.'],
    [['https://a.example', 'HTTPS://A.example'], 'Remove this row.'],
    [['https://*.a.example', 'https://x.a.example'], 'Remove this row, unless it is there to outlive the other one.'],
  ])('rows %j: the hint is: %s', (rows, hint) => {
    const hints = auditOrigins(rows).filter(({ code }) => code === 'duplicate-origin');
    expect(hints.map((each) => each.hint)).toEqual([hint]);
  });
});

describe('auditOrigins() › removing every superfluous row', () => {
  const origins = fc
    .tuple(
      fc.constantFrom('https://', 'http://'),
      fc.constantFrom('', '*.', 'a.', '*.a.', 'b.a.'),
      fc.constantFrom('example', 'x.example', 'X.example', 'localhost'),
      fc.constantFrom('', ':1', ':*', '/', ':443'),
    )
    .map((parts) => parts.join(''));
  const tables = fc.array(fc.record({ origin: origins, tenant: fc.constantFrom('', 't', 'u') }), { maxLength: 12 });
  const asked = [
    'https://example',
    'https://a.example',
    'https://b.a.example:1',
    'https://x.example',
    'https://b.a.x.example',
    'https://a.x.example:1',
    'https://b.a.localhost',
    'https://localhost:1',
    'http://localhost',
  ];

  /** What each tenant may do by the rows that have no other problem. */
  function access(rows: readonly { origin: string; tenant: string }[], unsafe: ReadonlySet<unknown>) {
    return ['', 't', 'u'].map((tenant) => {
      const own = rows.filter((row) => !unsafe.has(row) && (row.tenant === '' || row.tenant === tenant));
      const matcher = compileOrigins(own.map(({ origin }) => origin));
      return asked.filter((origin) => matcher.allows(origin));
    });
  }

  it('any rows: the same origins are allowed', () => {
    fc.assert(
      fc.property(tables, (rows) => {
        const findings = auditOrigins(rows);
        const of = (wanted: boolean) =>
          new Set(findings.filter(({ code }) => (code === 'duplicate-origin') === wanted).map(({ id }) => id));
        const superfluous = of(true);
        const kept = rows.filter((_, index) => !superfluous.has(index));
        expect(access(kept, new Set())).toEqual(access(rows, new Set()));
        const unsafe = new Set(rows.filter((_, index) => of(false).has(index)));
        expect(access(kept, unsafe)).toEqual(access(rows, unsafe));
        expect(auditOrigins(kept).filter(({ code }) => code === 'duplicate-origin')).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });
});
