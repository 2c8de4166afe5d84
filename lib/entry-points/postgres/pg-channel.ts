import type { Channel, ChannelConnection, ChannelListener, ChannelTiming } from '../stores/channel.js';
import type { DeliveryProof } from './delivery-proof.js';
import { closePgClient } from './pg-listen-client.js';
import type { PgClient } from './postgres-clients.js';
import { quotedIdentifier } from './table-name.js';

/** Deadline for connecting and LISTEN together, in milliseconds. */
const OPEN_TIMEOUT = 5000;
/** How long a test notification may take, in milliseconds. */
const PROOF_TIMEOUT = 2000;
/** `select 1` is not enough: behind a pooler the session may have changed, and may have no channels. */
const STILL_LISTENING = 'select 1 from pg_catalog.pg_listening_channels() as channel where channel = $1';

/**
 * @param newClient makes a client that is not connected yet
 * @param proof proves at opening and at each heartbeat that notifications arrive. Without it, LISTEN alone counts.
 */
export function pgChannel(
  newClient: () => PgClient,
  name: string,
  heartbeat: Pick<ChannelTiming, 'heartbeat' | 'answer'>,
  proof?: DeliveryProof,
): Channel {
  // Shorter than the heartbeat's deadline, whose error would not name the problem.
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
  /** The payload that a proof waits for, and its callback. */
  private expected: { readonly nonce: string; readonly arrive: () => void } | undefined;

  constructor(
    private readonly client: PgClient,
    private readonly channel: string,
    { onPayload, onLost }: ChannelListener,
    private readonly proofChannel: string | undefined,
    private readonly prove: ((expect: Expect) => Promise<void>) | undefined,
  ) {
    // Listeners are never removed, because an error event without a listener ends the process.
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
    // Listening must not keep the process alive.
    this.client.unref?.();
  }

  async ping(): Promise<void> {
    const { rows } = await this.client.query(STILL_LISTENING, [this.channel]);
    if (rows.length === 0) {
      throw new Error(
        'The session does not listen. Behind a pooler, write listenClient with a direct or session-mode URL',
      );
    }
    await this.prove?.((nonce) => new Promise((arrive) => (this.expected = { nonce, arrive })));
  }

  close(): void {
    void closePgClient(this.client);
  }
}
