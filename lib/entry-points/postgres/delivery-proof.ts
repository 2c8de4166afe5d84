import { randomBytes } from 'node:crypto';
import { QuerySlots } from '../stores/query-slots.js';
import { queryPool } from './pool-query.js';
import { closePgClient } from './pg-listen-client.js';
import type { PgClient, PgPool } from './postgres-clients.js';
import { textLiteral } from './sql-literal.js';

/** The error of a session that listens and receives nothing. */
const NOT_DELIVERED =
  'LISTEN succeeded, but a test notification did not arrive. A pooler in transaction mode stands between, or it is another ' +
  'database. Write listenClient: () => new Client({ connectionString: … }) with a direct or session-mode URL';

/** SQLSTATE of a read-only server, such as a replica. */
const READ_ONLY = '25006';

/**
 * Proves that notifications arrive: sends one from a connection of the pool, and waits for it on the connection that listens.
 * That connection is idle meanwhile, because a pooler may deliver a notification only together with an answer.
 *
 * Each store has a test channel of its own, so that other instances and listeners receive nothing.
 */
export class DeliveryProof {
  /** Random, because two processes with one channel would prove each other's delivery. */
  readonly channel = `nestjs_cors_test_${randomBytes(8).toString('hex')}`;
  private readonly slots = new QuerySlots(1);
  private poolIsReadOnly = false;

  /**
   * @param pool the pool that rows are read with
   * @param newClient makes a client that sends where the pool cannot, such as on a read replica
   */
  constructor(
    private readonly pool: PgPool,
    private readonly newClient: () => PgClient,
  ) {}

  /** Whether the last notification failed because the pool's server is a replica. */
  get readsReplica(): boolean {
    return this.poolIsReadOnly;
  }

  /**
   * Sends a nonce while `expect` waits for it.
   *
   * @param patience the time for sending and arriving, in milliseconds
   * @param expect settles when the payload arrives on the connection that listens
   * @throws Error with a hint where the nonce does not arrive; the error of sending
   */
  async prove(patience: number, expect: (nonce: string) => Promise<void>): Promise<void> {
    const end = performance.now() + patience;
    const nonce = randomBytes(8).toString('hex');
    const arrived = expect(nonce);
    const statement = `select pg_catalog.pg_notify(${textLiteral(this.channel)}, ${textLiteral(nonce)})`;
    try {
      await this.sendFromPool(statement, Math.ceil(patience / 2));
      this.poolIsReadOnly = false;
    } catch (error) {
      // Other errors say nothing about the server's role.
      this.poolIsReadOnly ||= (error as { code?: unknown } | undefined)?.code === READ_ONLY;
      await this.sendFromClient(statement, end - performance.now());
    }
    if ((await within(arrived, end - performance.now())) === 'late') {
      throw new Error(NOT_DELIVERED);
    }
  }

  private async sendFromPool(statement: string, patience: number): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(() => controller.abort(new Error('The pool took too long')), patience).unref();
    try {
      const slot = await this.slots.take(signal);
      await queryPool(this.pool, { text: statement, limit: patience }, slot, signal);
    } finally {
      clearTimeout(timer);
    }
  }

  private async sendFromClient(statement: string, patience: number): Promise<void> {
    const client = this.newClient();
    client.on('error', () => {});
    const sending = client.connect().then(() => client.query(statement));
    sending.catch(() => {});
    try {
      if ((await within(sending, patience)) === 'late') {
        throw new Error(`A test notification could not be sent within ${Math.ceil(patience)} ms`);
      }
    } finally {
      void closePgClient(client);
    }
  }
}

/** Settles as `pending` does, or with `'late'`. The timer does not keep the process alive. */
function within(pending: Promise<unknown>, time: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve('late'), time).unref();
    pending.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
