import type { FindManyOptions, ObjectLiteral, QueryRunner, Repository } from 'typeorm';
import type { QuerySlot } from '../stores/query-slots.js';
import { cancelQuery } from './server-cancellation.js';
import { ServerLimit } from './server-limit.js';

/** How long a connection waits for a running request to cancel, and for the end of its transaction, in milliseconds. */
const END_TIMEOUT = 1000;
/** How long after its own limit a query counts as ended by the server, in milliseconds. */
const LIMIT_MARGIN = 1000;

/**
 * One query on a connection of its own, which leaves neither a query nor a setting in the server. The slot is free when the
 * server has answered or has reached the limit.
 */
export class OriginQuery<Entity extends ObjectLiteral> {
  private connection: unknown;
  private limit: ServerLimit | undefined;
  private startedAt = 0;
  /** Whether the server has reached the limit and no answer has arrived. */
  private isLost = false;
  private cancelling: Promise<void> | undefined;
  /** Aborted when the query is over. `stop` ends the attempts to cancel it. */
  private readonly over = new AbortController();
  private readonly stop = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param runner of this query alone
   * @param milliseconds how long the server may work on the query; `undefined` without a limit
   */
  constructor(
    private readonly repository: Repository<Entity>,
    private readonly runner: QueryRunner,
    private readonly slot: QuerySlot,
    private readonly milliseconds: number | undefined,
  ) {}

  /**
   * @param onAbandoned called when the signal is aborted while the query is in the server
   * @throws the driver's error, and the signal's reason where it is aborted before the query is sent
   */
  async find(options: FindManyOptions<Entity>, signal: AbortSignal, onAbandoned: () => void): Promise<Entity[]> {
    let isSuccess = false;
    let abort = (): void => {};
    try {
      // Without a connection, there is no query in the server.
      this.connection = await this.runner.connect();
      signal.throwIfAborted();
      const lost = new Promise<never>((_, reject) => {
        abort = () => {
          onAbandoned();
          this.abandon(reject);
        };
      });
      signal.addEventListener('abort', abort);
      const entities = await Promise.race([this.send(options, signal), lost]);
      isSuccess = true;
      return entities;
    } finally {
      signal.removeEventListener('abort', abort);
      // The caller need not wait for the end of the transaction.
      void this.end(isSuccess);
    }
  }

  private async send(options: FindManyOptions<Entity>, signal: AbortSignal): Promise<Entity[]> {
    this.startedAt = performance.now();
    const { target, manager } = this.repository;
    if (this.milliseconds !== undefined) {
      this.limit = new ServerLimit(manager.connection, this.runner, this.milliseconds);
      await this.limit.begin();
      signal.throwIfAborted();
      this.startedAt = performance.now();
    }
    return this.runner.manager.find(target, options);
  }

  private abandon(onLost: (reason: Error) => void): void {
    this.slot.abandon();
    const { connection, over, stop } = this;
    this.cancelling = cancelQuery(this.repository.manager.connection, {
      connection,
      over: over.signal,
      stop: stop.signal,
    });
    if (this.milliseconds !== undefined) {
      const rest = this.startedAt + this.milliseconds + LIMIT_MARGIN - performance.now();
      this.timer = setTimeout(() => {
        this.isLost = true;
        onLost(new Error('The server has reached the limit of the query, and its answer has not arrived'));
      }, rest).unref();
    }
  }

  /** Never rejects. */
  private async end(isSuccess: boolean): Promise<void> {
    clearTimeout(this.timer);
    this.over.abort();
    // A late request to cancel could hit the next query on this connection.
    const isCancelled = await isSoon(this.cancelling);
    this.stop.abort();
    const isReusable = isCancelled && !this.isLost && (await isSoon(this.limit?.end(isSuccess)));
    try {
      await (isReusable ? this.runner.release() : destroy(this.runner, this.connection));
    } catch {
      // The connection is already lost.
    }
    this.slot.free();
  }
}

/** Whether the promise is fulfilled soon. The timer does not keep the process alive. */
async function isSoon(pending: Promise<void> | undefined): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, END_TIMEOUT, false).unref()));
  const done = Promise.resolve(pending).then(
    () => true,
    () => false,
  );
  const isDone = await Promise.race([done, late]);
  clearTimeout(timer);
  return isDone;
}

/** Closes the connection, which the pool replaces. */
async function destroy(runner: QueryRunner, connection: unknown): Promise<void> {
  const { releasePostgresConnection } = runner as { releasePostgresConnection?: (error: Error) => unknown };
  if (releasePostgresConnection !== undefined) {
    await releasePostgresConnection.call(runner, new Error('The connection is in no state that is known'));
    return;
  }
  (connection as { destroy?: () => void } | undefined)?.destroy?.();
  await runner.release();
}
