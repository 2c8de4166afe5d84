import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeConnection } from './orm-fakes.js';

const SHOP = { origin: 'https://shop.example', tenant: 'acme' };

describe('a subscriber to the writes of a table', () => {
  it('write outside of a transaction: is announced at once', () => {
    const connection = new FakeConnection();
    connection.save(SHOP.origin);
    expect(connection.heard).toEqual([SHOP]);
  });

  it('writes in a transaction: are announced with the commit, each once', () => {
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

  it('rollback: announces nothing', () => {
    const connection = new FakeConnection();
    connection.begin();
    connection.save(SHOP.origin);
    connection.rollBack();
    connection.begin();
    connection.commit();
    expect(connection.heard).toEqual([]);
  });

  it('end of a savepoint: is not the end of the transaction', () => {
    const connection = new FakeConnection();
    connection.begin();
    connection.save(SHOP.origin);
    connection.releaseSavepoint();
    connection.rollBackToSavepoint();
    expect(connection.heard).toEqual([]);
    connection.commit();
    expect(connection.heard).toEqual([SHOP]);
  });

  it('connection lost during the commit: announces what may have been committed', () => {
    const connection = new FakeConnection();
    connection.begin();
    connection.save(SHOP.origin);
    connection.sendCommit();
    connection.tryToRollBack();
    expect(connection.heard).toEqual([SHOP]);
  });

  it('connection lost before the commit: announces nothing', () => {
    const connection = new FakeConnection();
    connection.begin();
    connection.save(SHOP.origin);
    connection.releaseSavepoint();
    connection.tryToRollBack();
    expect(connection.heard).toEqual([]);
  });

  it('other tables: are not heard', () => {
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
  ])('update of %s: is announced', (_, entity, before, changes) => {
    const connection = new FakeConnection();
    connection.update(entity, before);
    expect(connection.heard).toEqual(changes);
  });
});

describe('a subscriber to the writes of a table, in a transaction of raw SQL', () => {
  let connection: FakeConnection;

  beforeEach(() => {
    jest.useFakeTimers();
    connection = new FakeConnection();
    connection.isOpen = true;
  });

  afterEach(() => {
    connection.subscriber.stop();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const times = () => connection.heard.length;

  it.each(['COMMIT', '/* done */ commit', 'END', 'select 1; commit', 'CALL finish()', 'SET autocommit = 1', 'begin'])(
    'too early announcement: is repeated after %s',
    async (statement) => {
      await connection.save(SHOP.origin);
      await connection.query('SELECT 1');
      expect(times()).toBe(1);
      connection.isOpen = false;
      await connection.query(statement);
      expect(connection.heard).toEqual([SHOP, SHOP]);
      await connection.query('COMMIT');
      expect(times()).toBe(2);
    },
  );

  it.each(['select 1', 'insert into a values (1)', 'SAVEPOINT a', 'release savepoint a', 'SHOW x'])(
    '%s: is no end',
    async (statement) => {
      await connection.save(SHOP.origin);
      await connection.query(statement);
      expect(times()).toBe(1);
    },
  );

  it('open transaction: goes on, whatever word a statement has', async () => {
    await connection.save(SHOP.origin);
    await connection.query('ROLLBACK TO SAVEPOINT a');
    await connection.query('COMMIT AND CHAIN');
    expect(times()).toBe(3);
    connection.isOpen = false;
    await connection.query('COMMIT');
    expect(times()).toBe(4);
  });

  it('end that is sent by other means: announces from time to time, and not for ever', async () => {
    await connection.save(SHOP.origin);
    await connection.save(SHOP.origin);
    expect(times()).toBe(2);
    jest.advanceTimersByTime(1000);
    expect(times()).toBe(3);
    jest.advanceTimersByTime(20 * 60_000);
    expect(times()).toBe(12);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('database that does not say: announces again, three times', async () => {
    connection.isOpen = undefined;
    await connection.save(SHOP.origin);
    jest.advanceTimersByTime(20 * 60_000);
    expect(times()).toBe(4);
  });

  it('prepared transaction: waits, since any connection may commit it', async () => {
    await connection.save(SHOP.origin);
    connection.isOpen = false;
    await connection.query("PREPARE TRANSACTION 'a'");
    expect(times()).toBe(2);
    jest.advanceTimersByTime(1000);
    expect(times()).toBe(3);
    await connection.query("COMMIT PREPARED 'a'");
    expect(times()).toBe(4);
  });

  it('raw SQL that may have committed before TypeORM rolls back: is announced', async () => {
    connection.begin();
    await connection.save(SHOP.origin);
    expect(times()).toBe(0);
    await connection.query('ALTER TABLE orders ADD a int');
    expect(times()).toBe(1);
    await connection.query('ROLLBACK');
    connection.rollBack();
    expect(times()).toBe(2);
  });

  it('commit of TypeORM: announces nothing more', async () => {
    connection.begin();
    await connection.save(SHOP.origin);
    connection.sendCommit();
    await connection.query('COMMIT');
    connection.commit();
    expect(times()).toBe(1);
  });
});
