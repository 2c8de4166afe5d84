import { describe, expect, it } from '@jest/globals';
import type { OriginColumns } from '../../../lib/entry-points/typeorm/origin-columns.js';
import { OriginTable } from '../../../lib/entry-points/typeorm/origin-table.js';
import { slotsOf } from '../../../lib/entry-points/typeorm/origin-queries.js';
import { COLUMNS, column } from './orm-fakes.js';

const SHOP = 'https://shop.example';

/** A table whose database answers every question with these rows, as a careless collation would, or does not answer. */
function tableOf(rows: object[] | undefined, columns: OriginColumns = COLUMNS): OriginTable<object> {
  const repository = {
    manager: { connection: { options: { type: 'mariadb' }, driver: { isReplicated: false } } },
    find: async () => rows ?? Promise.reject(new Error('nothing was to be asked')),
  };
  const slots = slotsOf(repository.manager.connection as never, undefined);
  return new OriginTable(repository as never, columns, {}, slots, 5000);
}

function row(more: object): object {
  return { id: 1, origin: SHOP, tenant: 'acme', verifiedAt: new Date(), ...more };
}

describe('a table of origins', () => {
  it('row: allows its origin, letter by letter', async () => {
    expect(await tableOf([row({})]).includes([SHOP], 'acme')).toBe(true);
    expect(await tableOf([row({ tenant: '' })]).includes([SHOP], 'acme')).toBe(true);
    expect(await tableOf([row({ tenant: null })]).includes([SHOP], undefined)).toBe(true);
  });

  it.each([
    ['another case', { origin: 'https://SHOP.example' }],
    ['a space behind the origin', { origin: `${SHOP} ` }],
    ['another case of the tenant', { tenant: 'Acme' }],
    ['a space behind the tenant', { tenant: 'acme ' }],
    ['no proof', { verifiedAt: null }],
    ['false for a proof', { verifiedAt: false }],
    ['the zero date of MySQL', { verifiedAt: new Date(Number.NaN) }],
    ['a tenant that is no text', { tenant: { id: 'acme' } }],
    ['an origin that is no text', { origin: [SHOP] }],
  ])('row with %s: does not allow', async (_, more) => {
    expect(await tableOf([row(more)]).includes([SHOP], 'acme')).toBe(false);
  });

  it('no tenant, and a row without one: are not the same', async () => {
    expect(await tableOf([row({ tenant: 'undefined' })]).includes([SHOP], undefined)).toBe(false);
  });

  it('origin that no row can have: makes no query', async () => {
    const columns = { ...COLUMNS, tenant: column('tenant', { type: 'int' }) };
    expect(await tableOf(undefined, columns).includes([SHOP], undefined)).toBe(false);
    await expect(tableOf(undefined, columns).includes([SHOP], '5')).rejects.toThrow('nothing was to be asked');
  });

  it('all rows: are read in pages of the given size', async () => {
    const rows = [1, 2, 3].map((id) => row({ id }));
    const asked: { take: number }[] = [];
    const repository = {
      manager: { connection: { options: { type: 'mariadb' }, driver: { isReplicated: false } } },
      find: async (options: { take: number }) => {
        asked.push(options);
        return rows.splice(0, options.take);
      },
    };
    const slots = slotsOf(repository.manager.connection as never, undefined);
    const table = new OriginTable(repository as never, COLUMNS, {}, slots, 5000);
    const read = [];
    for await (const each of table.pages(2, new AbortController().signal, 5000)) {
      read.push(each.id);
    }
    expect(read).toEqual(['1', '2', '3']);
    expect(asked.map(({ take }) => take)).toEqual([2, 2]);
  });

  it('rows in messages: are named by their primary key', async () => {
    const columns = { ...COLUMNS, key: [column('tenant'), column('id')] };
    expect(await tableOf([row({})], columns).rowsOf(SHOP)).toEqual([{ id: 'acme/1', origin: SHOP, tenant: 'acme' }]);
  });
});
