import { pause } from '../../support/backoff.js';
import type { QuerySlot } from '../stores/query-slots.js';
import { untilAborted } from '../../support/until-aborted.js';
import { cancelInServer } from './cancel-request.js';
import { localLimit } from './local-limit.js';
import type { PgPool, PgPoolConnection, PostgresRows } from './postgres-clients.js';

/** How long an abandoned query may take to end after the request to cancel it, in milliseconds. After that, its connection is destroyed. */
const CANCEL_TIMEOUT = 1000;
/** The time between two requests to cancel one query, in milliseconds. */
const REPEAT_INTERVAL = 250;
/** How long after its own limit a query counts as ended by the server, in milliseconds. */
const LIMIT_MARGIN = 1000;

/** A statement and how long the server may work on it, in milliseconds. */
export interface LimitedStatement {
  readonly text: string;
  readonly limit: number;
}

/**
 * Runs one statement on a connection of the pool, and leaves neither a query in the server nor a setting on the connection.
 *
 * The server ends the statement at its limit. It is asked to cancel it where the signal is aborted, or where the connection or
 * the driver fails first. The slot is free when the server has answered, has taken the request to cancel, cannot be reached,
 * or has reached the limit.
 *
 * @throws the driver's error, after the query is over or its connection is closed
 */
export async function queryPool(
  pool: PgPool,
  statement: LimitedStatement,
  slot: QuerySlot,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const connection = await connectionOf(pool, slot, signal);
  return new PoolQuery(pool, connection, statement, slot).run(signal);
}

/** Keeps the slot until the pool has returned a connection or an error. */
async function connectionOf(pool: PgPool, slot: QuerySlot, signal: AbortSignal): Promise<PgPoolConnection> {
  let connecting: Promise<PgPoolConnection> | undefined;
  try {
    connecting = pool.connect();
    const connection = await untilAborted(connecting, signal);
    signal.throwIfAborted();
    return connection;
  } catch (error) {
    void Promise.resolve(connecting)
      .then((connection) => connection?.release(false))
      .catch(() => {})
      .finally(() => slot.free());
    throw error;
  }
}

class PoolQuery {
  private readonly startedAt = performance.now();
  /** Ends the attempts to cancel. */
  private readonly over = new AbortController();
  private cancelling = false;
  /** Whether the last request to cancel did not reach the server. */
  private isUnreachable = false;
  private onResult: () => void = () => {};
  private released = false;
  private broken = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: PgPool,
    private readonly connection: PgPoolConnection,
    private readonly statement: LimitedStatement,
    private readonly slot: QuerySlot,
  ) {}

  async run(signal: AbortSignal): Promise<readonly unknown[]> {
    const onAbort = (): void => this.abandon();
    signal.addEventListener('abort', onAbort);
    this.connection.on('error', this.onError);
    try {
      const result = await this.connection.query(limitedText(this.statement));
      this.end(this.cancelling);
      return rowsOf(result);
    } catch (error) {
      if (isServerError(error)) {
        // As in pg's own pool: some errors leave the connection unusable.
        this.end(true);
      } else {
        void this.endUnanswered();
      }
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** The query rejects as well; an error event without a listener would end the process. */
  private readonly onError = (): void => {
    this.broken = true;
    this.release(true);
  };

  /** Runs when the caller no longer waits. */
  private abandon(): void {
    this.cancel();
    // pg destroys a connection that is closed during a query, and the query rejects.
    this.timer = setTimeout(() => this.release(true), CANCEL_TIMEOUT).unref();
  }

  private cancel(): void {
    this.slot.abandon();
    if (!this.cancelling) {
      this.cancelling = true;
      void this.requestUntilOver();
    }
  }

  /** Repeated, because a request that overtakes the query cancels nothing. */
  private async requestUntilOver(): Promise<void> {
    const { signal } = this.over;
    while (!signal.aborted) {
      const result = await cancelInServer(this.pool, this.connection, signal);
      if (result === 'unsupported') {
        return;
      }
      this.isUnreachable = result === 'unreachable';
      this.onResult();
      if (!isAborted(signal)) {
        await pause(REPEAT_INTERVAL, signal);
      }
    }
  }

  /** Runs when the server has answered. A late request to cancel could hit the next query, so the connection may be closed. */
  private end(destroy: boolean): void {
    this.over.abort();
    this.release(destroy);
    this.slot.free();
  }

  /** Runs when the driver has failed, so that the query may go on in the server. */
  private async endUnanswered(): Promise<void> {
    // An earlier request may have reached the server before the query did.
    const result = this.isUnreachable ? Promise.resolve() : new Promise<void>((resolve) => (this.onResult = resolve));
    this.cancel();
    if (!this.broken && !this.released) {
      // A pooler forgets the query when its client disconnects.
      await Promise.race([result, delay(CANCEL_TIMEOUT)]);
      this.release(true);
    }
    // No other query reaches an unreachable server either.
    const limitReached = delay(this.startedAt + this.statement.limit + LIMIT_MARGIN - performance.now());
    await Promise.race([result, limitReached]);
    this.end(true);
  }

  private release(destroy: boolean): void {
    if (!this.released) {
      this.released = true;
      clearTimeout(this.timer);
      this.connection.off('error', this.onError);
      this.connection.release(destroy);
    }
  }
}

/**
 * Both statements are one transaction, so that the limit ends with it. `begin` and `commit` would take two more round trips
 * and could leave a transaction open.
 *
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
 */
function limitedText({ text, limit }: LimitedStatement): string {
  return `${localLimit(limit)}; ${text}`;
}

/** pg returns a result per statement. */
function rowsOf(result: PostgresRows | readonly PostgresRows[]): readonly unknown[] {
  return ('rows' in result ? result : result.at(-1))?.rows ?? [];
}

/** Errors of the server have a severity, and mean that the query is over. */
function isServerError(error: unknown): boolean {
  return typeof (error as { severity?: unknown } | undefined)?.severity === 'string';
}

/** A function, because the result changes while something is awaited. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** The timer does not keep the process alive. */
function delay(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time).unref());
}
