import type { Channel, ChannelConnection, ChannelListener, ChannelTiming } from '../stores/channel.js';
import { closePgClient } from './pg-listen-client.js';
import type { PgClient } from './postgres-clients.js';
import { quotedIdentifier } from './table-name.js';

/** Deadline for connecting and LISTEN together, in milliseconds. */
const OPEN_TIMEOUT = 5000;
/** Not just `select 1`: behind a pooler the session may be another one by now, without its channels. */
const STILL_LISTENING = 'select 1 from pg_catalog.pg_listening_channels() as channel where channel = $1';

/** @param newClient makes a client that is not connected yet */
export function pgChannel(
  newClient: () => PgClient,
  name: string,
  heartbeat: Pick<ChannelTiming, 'heartbeat' | 'answer'>,
): Channel {
  return {
    store: 'PostgreSQL',
    name,
    timing: { opening: OPEN_TIMEOUT, ...heartbeat },
    connect: (listener) => new PgConnection(newClient(), name, listener),
  };
}

class PgConnection implements ChannelConnection {
  constructor(
    private readonly client: PgClient,
    private readonly channel: string,
    { onPayload, onLost }: ChannelListener,
  ) {
    // They stay: an error event that nobody listens to would end the process.
    client.on('error', onLost);
    client.on('end', () => onLost(new Error('Connection ended')));
    client.on('notification', (message) => {
      if (message.channel === channel) {
        onPayload(message.payload ?? '');
      }
    });
  }

  async open(): Promise<void> {
    await this.client.connect();
    await this.client.query(`listen ${quotedIdentifier(this.channel)}`);
    await this.ping();
    // Listening alone is no reason for a process to go on.
    this.client.unref?.();
  }

  async ping(): Promise<void> {
    const { rows } = await this.client.query(STILL_LISTENING, [this.channel]);
    if (rows.length === 0) {
      throw new Error(
        'The session does not listen: where a pooler stands between, listenClient has to connect past it',
      );
    }
  }

  close(): void {
    void closePgClient(this.client);
  }
}
