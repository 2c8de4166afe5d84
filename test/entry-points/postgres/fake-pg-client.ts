import { EventEmitter } from 'node:events';
import type { PgClient, PostgresRows } from '../../../lib/entry-points/postgres/postgres-clients.js';

const NEVER = new Promise<never>(() => {});

/** What a `Client` of pg does, without a server. A step that is in `hangs` never comes to an end. */
export class FakePgClient extends EventEmitter implements PgClient {
  readonly queries: string[] = [];
  readonly hangs = new Set<'connect' | 'query' | 'end'>();
  /** Whether the session knows the channel. */
  listening = true;
  failure: Error | undefined;
  /** What answers wait for. */
  delay: Promise<void> | undefined;
  connected = false;
  ended = 0;
  cut = 0;
  unrefs = 0;
  readonly connection = { stream: { destroy: () => this.cut++ } };

  async connect(): Promise<void> {
    if (this.hangs.has('connect')) {
      return NEVER;
    }
    if (this.failure !== undefined) {
      throw this.failure;
    }
    this.connected = true;
  }

  async query(text: string, values: unknown[] = []): Promise<PostgresRows> {
    this.queries.push([text, ...values].join(' | '));
    if (this.hangs.has('query')) {
      return NEVER;
    }
    await this.delay;
    return { rows: text.startsWith('select') && this.listening ? [{}] : [] };
  }

  async end(): Promise<void> {
    this.ended++;
    if (this.hangs.has('end')) {
      return NEVER;
    }
  }

  unref(): void {
    this.unrefs++;
  }

  notify(channel: string, payload?: string): void {
    this.emit('notification', { channel, payload });
  }
}
