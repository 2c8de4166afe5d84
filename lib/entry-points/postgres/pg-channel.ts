import type { Channel, ChannelConnection, ChannelListener, ChannelTiming } from '../stores/channel.js';
import type { DeliveryProof } from './delivery-proof.js';
import { closePgClient } from './pg-listen-client.js';
import type { PgClient } from './postgres-clients.js';
import { quotedIdentifier } from './table-name.js';

/** Deadline for connecting and LISTEN together, in milliseconds. */
const OPEN_TIMEOUT = 5000;
/** How long a test notification may take, in milliseconds. */
const PROOF_TIMEOUT = 2000;
/** Not just `select 1`: behind a pooler the session may be another one by now, without its channels. */
const STILL_LISTENING = 'select 1 from pg_catalog.pg_listening_channels() as channel where channel = $1';

/**
 * @param newClient makes a client that is not connected yet
 * @param proof that what is notified arrives, at opening and at each heartbeat. Without one, LISTEN alone counts.
 */
export function pgChannel(
  newClient: () => PgClient,
  name: string,
  heartbeat: Pick<ChannelTiming, 'heartbeat' | 'answer'>,
  proof?: DeliveryProof,
): Channel {
  // Shorter than the deadline of the heartbeat, whose reason would not say what is wrong.
  const patience = Math.min(PROOF_TIMEOUT, Math.floor(heartbeat.answer * 0.9));
  const prove = proof && ((expect: Expect) => proof.prove(patience, expect));
  return {
    store: 'PostgreSQL',
    name,
    timing: { opening: OPEN_TIMEOUT, ...heartbeat },
    connect: (listener) => new PgConnection(newClient(), name, listener, proof?.channel, prove),
  };
}

/** Waits for a payload on the channel of the proof. */
type Expect = (nonce: string) => Promise<void>;

class PgConnection implements ChannelConnection {
  /** The payload that a proof waits for, and what to do when it arrives. */
  private expected: { readonly nonce: string; readonly arrive: () => void } | undefined;

  constructor(
    private readonly client: PgClient,
    private readonly channel: string,
    { onPayload, onLost }: ChannelListener,
    private readonly proofChannel: string | undefined,
    private readonly prove: ((expect: Expect) => Promise<void>) | undefined,
  ) {
    // They stay: an error event that nobody listens to would end the process.
    client.on('error', onLost);
    client.on('end', () => onLost(new Error('Connection ended')));
    client.on('notification', (message) => {
      if (message.channel === channel) {
        onPayload(message.payload ?? '');
      } else if (message.channel === proofChannel && message.payload === this.expected?.nonce) {
        this.expected?.arrive();
      }
    });
  }

  async open(): Promise<void> {
    await this.client.connect();
    await this.client.query(`listen ${quotedIdentifier(this.channel)}`);
    if (this.proofChannel !== undefined) {
      await this.client.query(`listen ${quotedIdentifier(this.proofChannel)}`);
    }
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
    await this.prove?.((nonce) => new Promise((arrive) => (this.expected = { nonce, arrive })));
  }

  close(): void {
    void closePgClient(this.client);
  }
}
