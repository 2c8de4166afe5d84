import type { PgClient, PgPool } from './postgres-clients.js';

/** How long a connection may take to end before it is destroyed, in milliseconds. */
const CLOSE_TIMEOUT = 2000;

/**
 * Returns a function that makes clients with the pool's own options. A connection of the pool itself would keep the
 * application's `pool.end()` waiting for ever.
 *
 * @throws TypeError for a pool without a `Client` class
 */
export function listenClientsOf(pool: PgPool): () => PgClient {
  const { Client } = pool as { Client?: unknown };
  if (typeof Client !== 'function') {
    throw new TypeError(
      '`client` must be a Pool of pg or a PGlite; got another object. For another pool, write how to connect for listening: ' +
        'listenClient: () => new Client({ … }).',
    );
  }
  return () => new (Client as new (options: object) => PgClient)(listenOptions(pool.options));
}

/** Ends the connection, by force where the server does not answer. Never rejects. */
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
    // On a dead connection, end() would wait for ever.
    pipeline: false,
  });
}
