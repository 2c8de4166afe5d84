import type { PgPool, PgPoolConnection } from './postgres-clients.js';

/** How long one request may take, in milliseconds. */
const REQUEST_TIMEOUT = 1000;
/** How long the server may take to close the connection of a request, in milliseconds. No caller waits for that. */
const CLOSE_TIMEOUT = 30_000;

/** The server process of a connection of `pg`. `pg-native` does not have it. */
interface ServerProcess {
  readonly processID?: unknown;
  readonly secretKey?: unknown;
}

/** The members of a `Client` of `pg` that a request to cancel needs. */
interface CancellingClient {
  readonly host: string;
  readonly port: number;
  readonly ssl: unknown;
  readonly sslNegotiation?: string;
  readonly connection: CancellingConnection;
}

interface CancellingConnection {
  readonly stream: { destroy(): unknown; unref?(): unknown };
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: unknown, secretKey: unknown): void;
  on(event: string, listener: () => void): unknown;
}

/**
 * Requests that the server cancels the query of a connection. It uses another connection, encrypted if those of the pool are:
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 *
 * @param stop ends the attempt
 * @returns `taken` by the server, also where there was nothing to cancel; `unreachable` where no connection succeeds;
 *   `unsupported` by the driver. Never rejects.
 */
export async function cancelInServer(
  pool: PgPool,
  connection: PgPoolConnection,
  stop: AbortSignal,
): Promise<CancelResult> {
  const { processID, secretKey } = connection as ServerProcess;
  const { Client } = pool as { Client?: unknown };
  if (typeof processID !== 'number' || typeof Client !== 'function') {
    return 'unsupported';
  }
  const client = newClient(Client as new (options: object) => CancellingClient, pool.options);
  if (client === undefined) {
    return 'unsupported';
  }
  return !stop.aborted && (await isTaken(client, processID, secretKey, stop)) ? 'taken' : 'unreachable';
}

/** The outcome of one request. */
export type CancelResult = 'taken' | 'unreachable' | 'unsupported';

function newClient(Client: new (options: object) => CancellingClient, options: object): CancellingClient | undefined {
  try {
    const client = new Client(options);
    return typeof client.connection?.cancel === 'function' ? client : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The server answers a request by closing the connection, whether or not there was something to cancel. Only the server closes
 * it after the request is sent: PgBouncer 1.18 ends with "bad client state" where the client closes first.
 */
function isTaken(
  client: CancellingClient,
  processID: unknown,
  secretKey: unknown,
  stop: AbortSignal,
): Promise<boolean> {
  const { connection, host, port } = client;
  return new Promise((resolve) => {
    let sent = false;
    const cut = setTimeout(() => connection.stream.destroy(), CLOSE_TIMEOUT).unref();
    const end = (taken: boolean): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', giveUp);
      resolve(taken);
    };
    const giveUp = (): void => {
      if (sent) {
        connection.stream.unref?.();
      } else {
        connection.stream.destroy();
      }
      end(false);
    };
    const timer = setTimeout(giveUp, REQUEST_TIMEOUT).unref();
    stop.addEventListener('abort', giveUp);
    const send = (): void => {
      sent = true;
      connection.cancel(processID, secretKey);
    };
    connection.on('error', () => end(false));
    connection.on('end', () => {
      clearTimeout(cut);
      end(sent);
    });
    if (client.ssl) {
      connection.on('sslconnect', send);
      // With "direct", TLS begins by itself.
      if (client.sslNegotiation !== 'direct') {
        connection.on('connect', () => connection.requestSsl());
      }
    } else {
      connection.on('connect', send);
    }
    try {
      if (host?.startsWith('/')) {
        connection.connect(`${host}/.s.PGSQL.${port}`);
      } else {
        connection.connect(port, host);
      }
    } catch {
      giveUp();
    }
  });
}
