import type { Channel, ChannelConnection } from '../stores/channel.js';
import type { PGliteDatabase } from './postgres-clients.js';
import { quotedIdentifier } from './table-name.js';

/** Listens in the process that the database runs in: there is no connection that could be lost. */
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
    // One of its own: PGlite keeps the listeners of a channel in a set.
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

  /** Not by the function that listen() returns: it forgets the quotation marks of the name. */
  private async unlisten(): Promise<void> {
    try {
      // Before that, there is nothing to end yet.
      await this.opening;
      await this.database.unlisten(this.channel, this.listener);
    } catch {
      // It never began, or the database was closed first.
    }
  }
}
