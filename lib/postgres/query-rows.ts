import { isPGlite, type PgPool, type PostgresClient } from './postgres-clients.js';

/**
 * Runs one statement. Once `signal` is aborted, none is started, and one that is under way on a pool loses its connection:
 * one that leads nowhere would else keep its place in the pool until the operating system gives it up.
 */
export async function queryRows(
  client: PostgresClient,
  text: string,
  values: unknown[],
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  signal.throwIfAborted();
  return isPGlite(client) ? (await client.query(text, values)).rows : queryPool(client, text, values, signal);
}

/** As `pool.query()` does it, with the signal. */
async function queryPool(
  pool: PgPool,
  text: string,
  values: unknown[],
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const connection = await pool.connect();
  let released = false;
  const release = (destroy: boolean) => {
    if (!released) {
      released = true;
      signal.removeEventListener('abort', onAbort);
      connection.off('error', onError);
      connection.release(destroy);
    }
  };
  const onAbort = () => release(true);
  // The query rejects as well; an error event that nobody listens to would end the process.
  const onError = () => release(true);
  if (signal.aborted) {
    release(false);
    throw signal.reason;
  }
  signal.addEventListener('abort', onAbort);
  connection.on('error', onError);
  try {
    const { rows } = await connection.query(text, values);
    release(false);
    return rows;
  } catch (error) {
    // As the pool does it: after some errors the connection is no good.
    release(true);
    throw error;
  }
}
