import { describe, expect, it } from '@jest/globals';
import { Equal, type FindOperator, In, IsNull, MoreThan, Not } from 'typeorm';
import { allOf, after, ofOrigins, ofTenant, verified } from '../../../lib/entry-points/typeorm/origin-conditions.js';
import { COLUMNS, column } from './orm-fakes.js';

describe('conditions on rows of origins', () => {
  it('several origins: are met by any of them', () => {
    expect(ofOrigins(COLUMNS, ['a'])).toEqual({ origin: Equal('a') });
    expect(ofOrigins(COLUMNS, ['a', 'b'])).toEqual({ origin: In(['a', 'b']) });
  });

  it('entity with a proof of ownership: require it', () => {
    expect(verified(COLUMNS)).toEqual({ verifiedAt: Not(IsNull()) });
    expect(verified({ ...COLUMNS, verifiedAt: undefined })).toEqual({});
  });

  it.each([
    ['acme', In(['acme', ''])],
    ['', Equal('')],
    [undefined, Equal('')],
    ['ac\0me', Equal('')],
  ])('tenant %j: find its strings, and those of every tenant', (tenant, condition) => {
    expect(ofTenant(COLUMNS, tenant, 'postgres')).toEqual([{ tenant: condition }]);
  });

  it('nullable column: find null', () => {
    const columns = { ...COLUMNS, tenant: column('tenant', { isNullable: true }) };
    expect(ofTenant(columns, 'acme', 'postgres')).toEqual([{ tenant: IsNull() }, { tenant: In(['acme', '']) }]);
  });

  it('entity without a tenant: do not depend on it', () => {
    expect(ofTenant({ ...COLUMNS, tenant: undefined }, 'acme', 'postgres')).toEqual([{}]);
  });

  it.each([
    ['postgres', 'CAST(row.tenant AS TEXT) = :corsOriginTenant'],
    ['aurora-postgres', 'CAST(row.tenant AS TEXT) = :corsOriginTenant'],
    ['mariadb', 'CAST(row.tenant AS CHAR) = :corsOriginTenant'],
    ['aurora-mysql', 'CAST(row.tenant AS CHAR) = :corsOriginTenant'],
  ])('numbers on %s: are compared as they are written', (dialect, sql) => {
    const columns = { ...COLUMNS, tenant: column('tenant', { type: 'int' }) };
    const [condition] = ofTenant(columns, "5' or 1=1", dialect) as { tenant: FindOperator<unknown> }[];
    expect(condition?.tenant.getSql?.('row.tenant')).toBe(sql);
    expect(condition?.tenant.objectLiteralParameters).toEqual({ corsOriginTenant: "5' or 1=1" });
    expect(ofTenant(columns, undefined, dialect)).toEqual([]);
  });

  it('next page: begins after the last row, in the order of all columns of the primary key', () => {
    const key = [column('a'), column('b')];
    expect(after(key, undefined)).toEqual([{}]);
    expect(after(key, { a: 1, b: 2 })).toEqual([{ a: MoreThan(1) }, { a: Equal(1), b: MoreThan(2) }]);
  });

  it('several alternatives: hold in each of them', () => {
    expect(allOf({ a: 1 }, [{ b: 1 }, { b: 2 }], { c: 1 })).toEqual([
      { a: 1, b: 1, c: 1 },
      { a: 1, b: 2, c: 1 },
    ]);
  });
});
