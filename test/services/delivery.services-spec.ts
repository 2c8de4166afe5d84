import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { PostgresOriginLookup } from '../../lib/entry-points/postgres/index.js';
import { RecordingLogger } from '../support/application.js';
import { PgBouncer } from './pgbouncer.js';
import { RecordedChanges } from './postgres-changes.js';
import { usePostgres } from './postgres-fixture.js';
import { TemporaryDatabase } from './temporary-database.js';
import { until } from './until.js';

const ORIGIN = 'https://a.example';
const INSERT = 'insert into cors_origins (origin) values ($1)';
const HEARTBEAT = { heartbeatInterval: 100, heartbeatTimeout: 1000 };

/** Counts what is logged of listening, at either level. */
class ListeningLogger extends RecordingLogger {
  readonly lines: string[] = [];
  override log(message?: unknown): void {
    this.lines.push(String(message));
  }
}

describe('delivery of PostgreSQL notifications', () => {
  const postgres = usePostgres(() => new ListeningLogger());
  const { closing, poolOf } = postgres;

  async function bouncerOf(poolMode: 'transaction' | 'session', poolSize?: number): Promise<string> {
    const bouncer = await PgBouncer.start(postgres.database.url, {
      poolMode,
      ...(poolSize === undefined ? {} : { poolSize }),
    });
    closing.push(() => bouncer.stop());
    return bouncer.url;
  }

  function record(store: PostgresOriginLookup): RecordedChanges {
    const changes = new RecordedChanges(store.changes);
    closing.push(() => changes.stop());
    return changes;
  }

  const ofListening = () =>
    [...postgres.logger.lines, ...postgres.logger.warnings].filter((line) => /listening/i.test(line));

  it.each([1, 2, 5])(
    'PgBouncer in transaction mode, %d connections: logs once that nothing arrives',
    async (poolSize) => {
      const connectionString = await bouncerOf('transaction', poolSize);
      const changes = record(new PostgresOriginLookup({ client: poolOf({ connectionString }), ...HEARTBEAT }));
      await until(() => postgres.logger.warnings.length > 0);
      await postgres.database.query(INSERT, [ORIGIN]);
      await sleep(5000);
      expect(changes.all).toEqual([]);
      expect(ofListening()).toEqual([
        expect.stringMatching(
          /^Not listening on channel "cors_origins" of PostgreSQL \(.*listenClient.*\), and trying/,
        ),
      ]);
      expect(postgres.logger.warnings[0]).toContain('direct or session-mode URL');
    },
    30_000,
  );

  it('PgBouncer in session mode: every notification arrives', async () => {
    const connectionString = await bouncerOf('session');
    const changes = record(new PostgresOriginLookup({ client: poolOf({ connectionString }), ...HEARTBEAT }));
    await changes.listening();
    await postgres.database.query(INSERT, [ORIGIN]);
    expect(await changes.of(ORIGIN)).toEqual({ origin: ORIGIN });
    await sleep(500);
    expect(postgres.logger.warnings).toEqual([]);
  });

  it('connection past PgBouncer in transaction mode: every notification arrives', async () => {
    const connectionString = await bouncerOf('transaction');
    const listenClient = () => new Client({ connectionString: postgres.database.url });
    const changes = record(
      new PostgresOriginLookup({ client: poolOf({ connectionString }), listenClient, ...HEARTBEAT }),
    );
    await changes.listening();
    await postgres.database.query(INSERT, [ORIGIN]);
    expect(await changes.of(ORIGIN)).toEqual({ origin: ORIGIN });
    await sleep(500);
    expect(changes.gaps).toBe(1);
    expect(postgres.logger.warnings).toEqual([]);
  });

  it('listening in another database than the pool: is noticed', async () => {
    const other = await TemporaryDatabase.create();
    closing.unshift(() => other.drop());
    const listenClient = () => new Client({ connectionString: other.url });
    const changes = record(new PostgresOriginLookup({ client: poolOf(), listenClient, ...HEARTBEAT }));
    await until(() => postgres.logger.warnings.length > 0);
    expect(postgres.logger.warnings[0]).toContain('another database');
    expect(changes.all).toEqual([]);
  });

  it('notifications that stop arriving: listening ends', async () => {
    let listening: Client | undefined;
    const listenClient = () => (listening = new Client({ connectionString: postgres.database.url }));
    const changes = record(new PostgresOriginLookup({ client: poolOf(), listenClient, ...HEARTBEAT }));
    await changes.listening();
    // As if something in between had swallowed what the server sends by itself.
    listening?.removeAllListeners('notification');
    await until(() => postgres.logger.warnings.length > 0);
    await changes.listening(2);
    expect(postgres.logger.warnings[0]).toContain('a test notification did not arrive');
  });

  it('pool without a free connection: listening goes on', async () => {
    const pool = poolOf({ max: 2 });
    const changes = record(new PostgresOriginLookup({ client: pool, ...HEARTBEAT }));
    await changes.listening();
    const connections = [await pool.connect(), await pool.connect()];
    await sleep(2500);
    connections.forEach((connection) => connection.release());
    expect(changes.gaps).toBe(1);
    expect(postgres.logger.warnings).toEqual([]);
  });

  it('another listener on the channel: sees no message of the check', async () => {
    const other = new Client({ connectionString: postgres.database.url });
    await other.connect();
    closing.push(() => other.end());
    const heard: (string | undefined)[] = [];
    other.on('notification', ({ payload }) => heard.push(payload));
    await other.query('listen cors_origins');
    const changes = record(new PostgresOriginLookup({ client: poolOf(), ...HEARTBEAT }));
    await changes.listening();
    await sleep(500);
    expect(heard).toEqual([]);
  });
});
