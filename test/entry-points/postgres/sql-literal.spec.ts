import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { textArrayLiteral, textLiteral } from '../../../lib/entry-points/postgres/sql-literal.js';
import { isStorable } from '../../../lib/entry-points/postgres/stored-text.js';

let database: PGlite;

beforeAll(async () => {
  database = new PGlite();
  await database.waitReady;
}, 60_000);

afterAll(() => database.close());

const texts = fc
  .oneof(
    fc.string({ unit: fc.constantFrom("'", '\\', '"', '{', '}', ',', '$1', '--', ';', '€', 'a', '\n') }),
    fc.string({ unit: 'binary' }),
  )
  .filter(isStorable);

describe.each(['on', 'off'])('literals, with standard_conforming_strings %s', (setting) => {
  beforeAll(() => database.exec(`set standard_conforming_strings = ${setting}`));

  it('any string: is read back by the server', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const { rows } = await database.query(`select ${textLiteral(text)} as text`);
        expect(rows).toEqual([{ text }]);
      }),
    );
  });

  it('any array of strings: is read back by the server', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts), async (list) => {
        const { rows } = await database.query(`select to_json(${textArrayLiteral(list)}) as list`);
        expect(rows).toEqual([{ list }]);
      }),
    );
  });
});

it('quotation marks and backslashes: are escaped', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const inner = textLiteral(text).slice(2, -1);
      expect(inner).not.toContain("'");
      expect(inner).not.toContain('\\\\');
    }),
  );
});
