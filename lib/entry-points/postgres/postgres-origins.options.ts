import { quoted } from '../../support/quoted.js';
import type { Channel } from '../stores/channel.js';
import { inRange } from '../../support/in-range.js';
import { outdatedClient, outdatedPackage } from '../../support/optional-package.js';
import { DeliveryProof } from './delivery-proof.js';
import { pgChannel } from './pg-channel.js';
import { listenClientsOf } from './pg-listen-client.js';
import { pgliteChannel } from './pglite-channel.js';
import { isPGlite, type PgClient, type PostgresClient } from './postgres-clients.js';
import { checkedChannel, quotedTable } from './table-name.js';

/** Where allowed origins are stored, and how the store learns of changes. Durations are in milliseconds. */
export interface PostgresOriginsOptions {
  /**
   * A `Pool` of `pg`, or a PGlite. Give the pool a `connectionTimeoutMillis`: by default pg waits without end for a server
   * that does not answer.
   */
  client: PostgresClient;
  /**
   * The table, or a view, with the columns `id` (unique, in any type with an order), `tenant`, `origin` and `verified_at`: a
   * name, or a schema and a name. Case counts; other characters than letters, digits and `_` need double quotes, as in SQL.
   * Default: `'cors_origins'`, found by the `search_path` of the connection.
   */
  table?: string | undefined;
  /** The channel that the table's triggers notify on. Default: `'cors_origins'`. */
  channel?: string | undefined;
  /**
   * Whether to listen for changes. Write `false` for a table without triggers: changes then count when cached results expire
   * and lists are read again. Default: true.
   */
  listen?: boolean | undefined;
  /**
   * Returns a new, unconnected client of `pg` that listens, for every attempt. It is needed behind a pooler such as PgBouncer
   * in transaction mode: use a direct or session-mode URL. Default: connects as the pool does.
   */
  listenClient?: (() => PgClient) | undefined;
  /** How often the connection that listens is asked whether it is alive, 100 to 3600000. Default: 10000. */
  heartbeatInterval?: number | undefined;
  /** How long it may take to answer, 100 to 3600000; then it is replaced. Default: 5000. */
  heartbeatTimeout?: number | undefined;
  /**
   * How many queries may run at once, 1 to 1000; others wait, in order. All stores over one pool together take at
   * most half of its connections, unless this is more. Default: half of the pool's `max`, at most 4.
   */
  maxQueries?: number | undefined;
  /**
   * How long the server may work on the query of one origin, 100 to 3600000, as `statement_timeout` of that query alone. It
   * limits queries that could not be canceled at `lookupTimeout`, so it has to be longer than that. Default: 5000.
   */
  queryTimeout?: number | undefined;
}

/** The options, checked, with their defaults. */
export interface PostgresOriginsSettings {
  readonly client: PostgresClient;
  /** Quoted. */
  readonly table: string;
  /** `undefined` where the store does not listen. */
  readonly channel: Channel | undefined;
  /** Whether the rows are known to be read from a replica now. */
  readonly readsReplica: () => boolean;
  /** `undefined`: by the pool's size. */
  readonly maxQueries: number | undefined;
  /** In milliseconds. */
  readonly queryTimeout: number;
}

/** @throws TypeError, RangeError for an invalid option */
export function postgresOriginsSettings(options: PostgresOriginsOptions): PostgresOriginsSettings {
  const { client, table = 'cors_origins', maxQueries, queryTimeout = 5000 } = options;
  if (typeof client !== 'object' || client === null) {
    throw new TypeError(
      `\`client\` must be a Pool of pg or a PGlite; got ${quoted(client)}. Write client: new Pool({ … }).`,
    );
  }
  assertRecent(client);
  if (typeof (options.listen ?? true) !== 'boolean') {
    throw new TypeError(
      `\`listen\` must be true or false; got ${quoted(options.listen)}. Write listen: false for a table without triggers.`,
    );
  }
  return {
    client,
    table: quotedTable(table),
    ...listeningOf(options),
    maxQueries: maxQueries === undefined ? undefined : inRange('maxQueries', maxQueries, 1, 1000),
    queryTimeout: inRange('queryTimeout', queryTimeout, 100, 3_600_000),
  };
}

/** pg 7 never connects on the Node.js versions that this package supports. */
function assertRecent(client: PostgresClient): void {
  const pg = outdatedPackage('pg');
  // An application may have both: a pool of pg 8 has a default for `maxUses`.
  if (pg !== undefined && isPoolWithoutMaxUses(client)) {
    throw outdatedClient('pg', pg);
  }
  if ('waitReady' in client && !isPGlite(client)) {
    throw outdatedClient('@electric-sql/pglite', outdatedPackage('@electric-sql/pglite'));
  }
}

function isPoolWithoutMaxUses(client: PostgresClient): boolean {
  return 'options' in client && !('maxUses' in client.options);
}

function listeningOf(options: PostgresOriginsOptions): Pick<PostgresOriginsSettings, 'channel' | 'readsReplica'> {
  const { client, listenClient, heartbeatInterval = 10_000, heartbeatTimeout = 5000 } = options;
  const name = checkedChannel(options.channel ?? 'cors_origins');
  const heartbeat = {
    heartbeat: inRange('heartbeatInterval', heartbeatInterval, 100, 3_600_000),
    answer: inRange('heartbeatTimeout', heartbeatTimeout, 100, 3_600_000),
  };
  if (options.listen === false) {
    return { channel: undefined, readsReplica: () => false };
  }
  if (isPGlite(client)) {
    return { channel: pgliteChannel(client, name), readsReplica: () => false };
  }
  const newClient = listenClient ?? listenClientsOf(client);
  const proof = new DeliveryProof(client, newClient);
  return { channel: pgChannel(newClient, name, heartbeat, proof), readsReplica: () => proof.readsReplica };
}
