import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkedChannel, quotedIdentifier, quotedTable } from '../../../lib/entry-points/postgres/table-name.js';

describe("a table's name", () => {
  it.each([
    ['cors_origins', '"cors_origins"'],
    ['CorsOrigins', '"CorsOrigins"'],
    ['tenancy.cors_origins', '"tenancy"."cors_origins"'],
    ['"cors-origins"', '"cors-origins"'],
    ['"a.b"."c ""d"" e"', '"a.b"."c ""d"" e"'],
    ['herkünfte', '"herkünfte"'],
    ['select', '"select"'],
  ])('%s: is quoted as %s', (name, quoted) => {
    expect(quotedTable(name)).toBe(quoted);
  });

  it.each([
    '',
    ' ',
    'cors-origins',
    'cors_origins; drop table users',
    'a.b.c',
    '.a',
    'a.',
    '"',
    '""',
    '"a"b"',
    '"a\0"',
    'a\n',
    '1a',
    "a'",
    'a'.repeat(64),
    `"${'ü'.repeat(32)}"`,
  ])('%j: is refused', (name) => {
    expect(() => quotedTable(name)).toThrow(
      /^`table` must be a name, or a schema and a name, of at most 63 bytes each; got .*\. Write cors_origins or tenancy/,
    );
  });

  it.each([undefined, null, 1, ['a']])('%p, which is no string: is refused', (name) => {
    expect(() => quotedTable(name as never)).toThrow(TypeError);
  });

  it('any string: is nothing but quoted identifiers', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', '"', '.', ' ', ';') })), (name) => {
        let quoted: string | undefined;
        try {
          quoted = quotedTable(name);
        } catch {
          // Refused.
        }
        expect(quoted ?? '"a"').toMatch(/^"(?:[^"]|"")+"(?:\."(?:[^"]|"")+")?$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('quotation marks: may have anything between them', () => {
    const names = fc.string({ minLength: 1, maxLength: 20 }).filter((name) => !name.includes('\0'));
    fc.assert(
      fc.property(names, names, (schema, table) => {
        const quoted = `${quotedIdentifier(schema)}.${quotedIdentifier(table)}`;
        expect(quotedTable(quoted)).toBe(quoted);
      }),
    );
  });
});

describe("a channel's name", () => {
  it.each(['cors_origins', 'Origins2', '_'])('%s: is accepted', (name) => {
    expect(checkedChannel(name)).toBe(name);
  });

  it.each(['', 'a b', 'a"b', 'a;b', '1a', 'a'.repeat(64), undefined])('%j: is refused', (name) => {
    expect(() => checkedChannel(name as never)).toThrow(
      /^`channel` must be a name of letters, digits and _, at most 63; got /,
    );
  });
});
