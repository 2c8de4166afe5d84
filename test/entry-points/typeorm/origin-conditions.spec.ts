import { describe, expect, it } from '@jest/globals';
import { Equal, type FindOperator, In, IsNull, MoreThan, Not } from 'typeorm';
import { allOf, after, ofOrigins, ofTenant, verified } from '../../../lib/entry-points/typeorm/origin-conditions.js';
import { COLUMNS, column } from './orm-fakes.js';

describe('conditions on rows of origins', () => {
  it('are met by any of the texts', () => {
    expect(ofOrigins(COLUMNS, ['a'])).toEqual({ origin: Equal('a') });
    expect(ofOrigins(COLUMNS, ['a', 'b'])).toEqual({ origin: In(['a', 'b']) });
  });

  it('ask for a proof where the entity has one', () => {
    expect(verified(COLUMNS)).toEqual({ verifiedAt: Not(IsNull()) });
    expect(verified({ ...COLUMNS, verifiedAt: undefined })).toEqual({});
  });

  it.each([
    ['acme', In(['acme', ''])],
    ['', Equal('')],
    [undefined, Equal('')],
    ['ac\0me', Equal('')],
  ])('find the texts of tenant %j, and those of every tenant', (tenant, condition) => {
    expect(ofTenant(COLUMNS, tenant, 'postgres')).toEqual([{ tenant: condition }]);
  });

  it('find null where there can be one', () => {
    const columns = { ...COLUMNS, tenant: column('tenant', { isNullable: true }) };
    expect(ofTenant(columns, 'acme', 'postgres')).toEqual([{ tenant: IsNull() }, { tenant: In(['acme', '']) }]);
  });

  it('do not depend on the tenant where the entity has none', () => {
    expect(ofTenant({ ...COLUMNS, tenant: undefined }, 'acme', 'postgres')).toEqual([{}]);
  });

  it.each([
    ['postgres', 'CAST(row.tenant AS TEXT) = :corsOriginTenant'],
    ['aurora-postgres', 'CAST(row.tenant AS TEXT) = :corsOriginTenant'],
    ['mariadb', 'CAST(row.tenant AS CHAR) = :corsOriginTenant'],
    ['aurora-mysql', 'CAST(row.tenant AS CHAR) = :corsOriginTenant'],
  ])('compare numbers as they are written, on %s', (dialect, sql) => {
    const columns = { ...COLUMNS, tenant: column('tenant', { type: 'int' }) };
    const [condition] = ofTenant(columns, "5' or 1=1", dialect) as { tenant: FindOperator<unknown> }[];
    expect(condition?.tenant.getSql?.('row.tenant')).toBe(sql);
    expect(condition?.tenant.objectLiteralParameters).toEqual({ corsOriginTenant: "5' or 1=1" });
    expect(ofTenant(columns, undefined, dialect)).toEqual([]);
  });

  it('go on after the last row, in the order of all columns of the primary key', () => {
    const key = [column('a'), column('b')];
    expect(after(key, undefined)).toEqual([{}]);
    expect(after(key, { a: 1, b: 2 })).toEqual([{ a: MoreThan(1) }, { a: Equal(1), b: MoreThan(2) }]);
  });

  it('hold together in each of their alternatives', () => {
    expect(allOf({ a: 1 }, [{ b: 1 }, { b: 2 }], { c: 1 })).toEqual([
      { a: 1, b: 1, c: 1 },
      { a: 1, b: 2, c: 1 },
    ]);
  });
});
