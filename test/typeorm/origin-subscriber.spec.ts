import { describe, expect, it } from '@jest/globals';
import { FakeConnection } from './orm-fakes.js';

const SHOP = { origin: 'https://shop.example', tenant: 'acme' };

describe('a subscriber to the writes of a table', () => {
  it('announces at once what is written outside of a transaction', () => {
    const connection = new FakeConnection();
    connection.save(SHOP.origin);
    expect(connection.heard).toEqual([SHOP]);
  });

  it('announces with the commit what is written in a transaction, each change once', () => {
    const connection = new FakeConnection();
    connection.begin();
    connection.save(SHOP.origin);
    connection.save(SHOP.origin);
    expect(connection.heard).toEqual([]);
    connection.commit();
    expect(connection.heard).toEqual([SHOP]);
    connection.begin();
    connection.commit();
    expect(connection.heard).toEqual([SHOP]);
  });

  it('forgets what is rolled back', () => {
    const connection = new FakeConnection();
    connection.begin();
    connection.save(SHOP.origin);
    connection.rollBack();
    connection.begin();
    connection.commit();
    expect(connection.heard).toEqual([]);
  });

  it('does not take the end of a savepoint for the end of the transaction', () => {
    const connection = new FakeConnection();
    connection.begin();
    connection.save(SHOP.origin);
    connection.releaseSavepoint();
    connection.rollBackToSavepoint();
    expect(connection.heard).toEqual([]);
    connection.commit();
    expect(connection.heard).toEqual([SHOP]);
  });

  it('announces what may have been committed when the connection was lost', () => {
    const connection = new FakeConnection();
    connection.begin();
    connection.save(SHOP.origin);
    connection.sendCommit();
    connection.tryToRollBack();
    expect(connection.heard).toEqual([SHOP]);
  });

  it('announces nothing when a connection is lost before the commit', () => {
    const connection = new FakeConnection();
    connection.begin();
    connection.save(SHOP.origin);
    connection.releaseSavepoint();
    connection.tryToRollBack();
    expect(connection.heard).toEqual([]);
  });

  it('does not hear other tables', () => {
    const connection = new FakeConnection();
    connection.save(SHOP.origin, 'orders');
    expect(connection.heard).toEqual([]);
  });

  it.each([
    ['a row that was not read before', { origin: 'https://new.example' }, undefined, [{}]],
    ['what it was not told', undefined, SHOP, [{}]],
    ['an expression', { origin: () => 'lower(origin)' }, SHOP, [SHOP, { tenant: 'acme' }]],
    ['what is saved as it is', { origin: SHOP.origin }, SHOP, [SHOP]],
    ['a new origin', { origin: 'https://new.example' }, SHOP, [SHOP, { ...SHOP, origin: 'https://new.example' }]],
    ['a row that is for every tenant now', { tenant: '' }, SHOP, [SHOP, { origin: SHOP.origin }]],
    ['a row that was for every tenant', { tenant: 'acme' }, { ...SHOP, tenant: null }, [{ origin: SHOP.origin }, SHOP]],
    [
      'a tenant that is a number',
      { tenant: 7 },
      { ...SHOP, tenant: 5 },
      [5, 7].map((id) => ({ ...SHOP, tenant: `${id}` })),
    ],
  ])('announces an update of %s', (_, entity, before, changes) => {
    const connection = new FakeConnection();
    connection.update(entity, before);
    expect(connection.heard).toEqual(changes);
  });
});
