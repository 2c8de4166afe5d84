import type {
  Channel,
  ChannelConnection,
  ChannelListener,
  ChannelTiming,
} from '../../../lib/entry-points/stores/channel.js';

export const TIMING: ChannelTiming = { opening: 3000, heartbeat: 10_000, answer: 2000 };

const NEVER = new Promise<never>(() => {});

/** A channel of a server that tests let go up and down. A step that is in `hangs` never comes to an end. */
export class FakeChannel implements Channel {
  readonly store = 'Fake';
  readonly name = 'origins';
  timing: ChannelTiming | undefined = TIMING;
  /** What every attempt to connect is told. */
  failure: Error | undefined;
  attempts = 0;
  pings = 0;
  readonly hangs = new Set<'open' | 'ping'>();
  /** Connections that are not closed. */
  readonly connections = new Set<FakeConnection>();
  last: FakeConnection | undefined;

  connect(listener: ChannelListener): ChannelConnection {
    this.attempts++;
    this.last = new FakeConnection(this, listener);
    this.connections.add(this.last);
    return this.last;
  }

  send(payload: string): void {
    this.connections.forEach(({ listener }) => listener.onPayload(payload));
  }

  drop(): void {
    this.connections.forEach(({ listener }) => listener.onLost(new Error('Connection terminated')));
  }
}

export class FakeConnection implements ChannelConnection {
  closed = 0;

  constructor(
    private readonly channel: FakeChannel,
    readonly listener: ChannelListener,
  ) {}

  async open(): Promise<void> {
    await (this.channel.hangs.has('open') ? NEVER : undefined);
    if (this.channel.failure !== undefined) {
      throw this.channel.failure;
    }
  }

  async ping(): Promise<void> {
    this.channel.pings++;
    await (this.channel.hangs.has('ping') ? NEVER : undefined);
    if (this.channel.failure !== undefined) {
      throw this.channel.failure;
    }
  }

  close(): void {
    this.closed++;
    this.channel.connections.delete(this);
  }
}
