import { randomBytes } from 'node:crypto';
import { QuerySlots } from '../stores/query-slots.js';
import { queryPool } from './pool-query.js';
import { closePgClient } from './pg-listen-client.js';
import type { PgClient, PgPool } from './postgres-clients.js';
import { textLiteral } from './sql-literal.js';

/** What is wrong, and what to write, when the session listens and hears nothing. */
const NOT_DELIVERED =
  'LISTEN succeeded, but a test notification did not arrive. A pooler in transaction mode stands between, or it is another ' +
  'database. Write listenClient: () => new Client({ connectionString: … }) with a direct or session-mode URL';

/** SQLSTATE of what a server answers that is read only, as a replica is. */
const READ_ONLY = '25006';

/**
 * Proves that notifications arrive: sends one from a connection of the pool, and waits for it on the one that listens. Nothing
 * else happens on that one meanwhile, since a pooler may hand over a notification together with an answer.
 *
 * The test has a channel of its own, one per store, so that other instances and other listeners hear nothing of it.
 */
export class DeliveryProof {
  /** Random, since two processes that shared it would prove each other's delivery. */
  readonly channel = `nestjs_cors_test_${randomBytes(8).toString('hex')}`;
  private readonly slots = new QuerySlots(1);
  private poolIsReadOnly = false;

  /**
   * @param pool where the rows are read
   * @param newClient makes a client that listens; it sends where the pool cannot, such as on a read replica
   */
  constructor(
    private readonly pool: PgPool,
    private readonly newClient: () => PgClient,
  ) {}

  /** Whether the pool's server could not notify when it was last asked, because it is a replica. */
  get readsReplica(): boolean {
    return this.poolIsReadOnly;
  }

  /**
   * Sends a nonce once `expect` waits for it.
   *
   * @param patience for sending and arriving together, in milliseconds
   * @param expect settles when the payload has arrived on the connection that listens
   * @throws Error that says what to do when it does not arrive; what sending failed with
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
      // Other errors do not tell.
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

/** Settles as `pending` does, or with `'late'`. Keeps no process alive. */
function within(pending: Promise<unknown>, time: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve('late'), time).unref();
    pending.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
