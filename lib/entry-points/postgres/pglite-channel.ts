import type { Channel, ChannelConnection } from '../stores/channel.js';
import type { PGliteDatabase } from './postgres-clients.js';
import { quotedIdentifier } from './table-name.js';

/** Listens within the process, so that there is no connection to lose. */
export function pgliteChannel(database: PGliteDatabase, name: string): Channel {
  return {
    store: 'PostgreSQL',
    name,
    timing: undefined,
    connect: ({ onPayload }) => new PGliteConnection(database, quotedIdentifier(name), onPayload),
  };
}

class PGliteConnection implements ChannelConnection {
  private opening: Promise<unknown> = Promise.resolve();
  private readonly listener: (payload: string) => void;

  constructor(
    private readonly database: PGliteDatabase,
    private readonly channel: string,
    onPayload: (payload: string) => void,
  ) {
    // A function of its own, because PGlite stores the listeners of a channel in a set.
    this.listener = (payload) => onPayload(payload);
  }

  open(): Promise<unknown> {
    this.opening = this.database.listen(this.channel, this.listener);
    return this.opening;
  }

  async ping(): Promise<void> {}

  close(): void {
    void this.unlisten();
  }

  /** The function that listen() returns loses the quotation marks of the name. */
  private async unlisten(): Promise<void> {
    try {
      await this.opening;
      await this.database.unlisten(this.channel, this.listener);
    } catch {
      // listen() failed, or the database was closed first.
    }
  }
}
