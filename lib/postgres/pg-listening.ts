import type { Listening, OpenListening } from './listening.js';
import { closePgClient } from './pg-listen-client.js';
import type { PgClient } from './postgres-clients.js';
import { quotedIdentifier } from './table-name.js';
import { within } from './within.js';

/** How often a listening connection is asked whether it is alive, and how long it may take to answer, in milliseconds. */
export interface Heartbeat {
  readonly interval: number;
  readonly timeout: number;
}

/** Deadline for connecting and LISTEN together, in milliseconds. */
const OPEN_TIMEOUT = 5000;
/** Not just `select 1`: behind a pooler the session may be another one by now, without its channels. */
const STILL_LISTENING = 'select 1 from pg_catalog.pg_listening_channels() as channel where channel = $1';

/** @param newClient makes a client that is not connected yet */
export function pgListening(newClient: () => PgClient, channel: string, heartbeat: Heartbeat): OpenListening {
  return async (onPayload, signal) => {
    const listening = new PgListening(newClient(), channel, heartbeat, signal);
    await listening.open(onPayload);
    return listening;
  };
}

/** A connection of its own that listens. A connection that nothing comes from may be dead, hence the heartbeat. */
class PgListening implements Listening {
  readonly lost: Promise<unknown>;
  private lose!: (reason: unknown) => void;
  private timer: NodeJS.Timeout | undefined;
  private over = false;

  constructor(
    private readonly client: PgClient,
    private readonly channel: string,
    private readonly heartbeat: Heartbeat,
    private readonly signal: AbortSignal,
  ) {
    this.lost = new Promise((resolve) => (this.lose = resolve));
    const stop = () => this.lose(signal.reason);
    signal.addEventListener('abort', stop);
    // They stay: an error event that nobody listens to would end the process.
    client.on('error', (error) => this.lose(error));
    client.on('end', () => this.lose(new Error('Connection ended')));
    void this.lost.then(() => {
      this.over = true;
      signal.removeEventListener('abort', stop);
      clearTimeout(this.timer);
      void closePgClient(client);
    });
  }

  /** Rejects, closed, when it does not come to listen. */
  async open(onPayload: (payload: string) => void): Promise<void> {
    this.client.on('notification', ({ channel, payload }) => {
      if (channel === this.channel && !this.signal.aborted) {
        onPayload(payload ?? '');
      }
    });
    const failed = this.lost.then((reason) => Promise.reject(reason));
    try {
      this.signal.throwIfAborted();
      await within(OPEN_TIMEOUT, Promise.race([this.listen(), failed]), 'Connecting');
    } catch (error) {
      failed.catch(() => {});
      this.lose(error);
      throw error;
    }
    // Listening alone is no reason for a process to go on.
    this.client.unref?.();
    this.scheduleHeartbeat();
  }

  private async listen(): Promise<void> {
    await this.client.connect();
    await this.client.query(`listen ${quotedIdentifier(this.channel)}`);
    await this.confirm();
  }

  private scheduleHeartbeat(): void {
    // It may have ended while the last one was under way.
    if (this.over) {
      return;
    }
    this.timer = setTimeout(() => {
      within(this.heartbeat.timeout, this.confirm(), 'The answer to a heartbeat').then(
        () => this.scheduleHeartbeat(),
        (error: unknown) => this.lose(error),
      );
    }, this.heartbeat.interval).unref();
  }

  private async confirm(): Promise<void> {
    const { rows } = await this.client.query(STILL_LISTENING, [this.channel]);
    if (rows.length === 0) {
      throw new Error(
        'The session does not listen: where a pooler stands between, listenClient has to connect past it',
      );
    }
  }
}
