import type { PgClient, PgPool } from './postgres-clients.js';

/** How long a connection may take to say goodbye before it is cut, in milliseconds. */
const CLOSE_TIMEOUT = 2000;

/**
 * How to make clients that connect where the pool does, as the pool itself makes them. Not one of the pool: whoever ends it
 * when the application shuts down would wait for that one for ever.
 *
 * @throws TypeError when the pool does not say what class its clients are of
 */
export function listenClientsOf(pool: PgPool): () => PgClient {
  const { Client } = pool as { Client?: unknown };
  if (typeof Client !== 'function') {
    throw new TypeError(
      'client: is neither a Pool of pg nor a PGlite. For a pool of another make, write how to connect in order to listen: ' +
        'listenClient: () => new Client(...)',
    );
  }
  return () => new (Client as new (options: object) => PgClient)(listenOptions(pool.options));
}

/** Ends the connection, by force when there is nobody at the other end. Never rejects. */
export async function closePgClient(client: PgClient): Promise<void> {
  const cut = setTimeout(() => client.connection?.stream?.destroy?.(), CLOSE_TIMEOUT).unref();
  try {
    await client.end();
  } catch {
    // There is nothing left to end.
  } finally {
    clearTimeout(cut);
  }
}

function listenOptions(options: object): object {
  // Spreading would lose the password: pg hides it from enumeration.
  const own = Object.defineProperties({}, Object.getOwnPropertyDescriptors(options));
  return Object.assign(own, {
    fallback_application_name: 'nestjs-cors',
    keepAlive: true,
    // end() would wait for an answer that a dead connection never gives.
    pipeline: false,
  });
}
