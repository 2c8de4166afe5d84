import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Where a proxied server is, or where a client of the proxy goes. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Whether a pair of sockets is still there, and whether bytes pass between them. */
interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * A TCP proxy on 127.0.0.1 that a test can break: between an application and a database, say. It knows no protocol.
 *
 * - `forward` (how it starts): bytes pass both ways.
 * - `cut()`: connections are reset, and new ones are refused by being reset, as if the server had gone.
 * - `blackHole()`: connections stay open, new ones are accepted, and no byte passes, as if a firewall had lost its state.
 * - `seal()`: connections go on, and new ones are reset.
 * - `delay()`: every chunk of bytes arrives so much later, in both directions, on the connections that are made from then on.
 * - `restore()`: new connections are forwarded. Those from before a black hole stay dead, as they would.
 *
 * @example
 * ```ts
 * const proxy = await TcpProxy.to({ host: '127.0.0.1', port: 5432 });
 * const client = new Client({ host: proxy.host, port: proxy.port });
 * proxy.blackHole();
 * await proxy.close();
 * ```
 */
export class TcpProxy {
  readonly host = '127.0.0.1';
  readonly #listener: Server;
  readonly #pairs = new Set<Pair>();
  #state: 'forward' | 'cut' | 'black-hole' = 'forward';
  #latency = 0;
  #accepted = 0;
  /** The first eight bytes of each connection, in hexadecimal digits. */
  readonly openings: string[] = [];

  private constructor(private readonly target: Endpoint) {
    this.#listener = createServer({ pauseOnConnect: true }, (client) => this.#accept(client));
  }

  static async to(target: Endpoint): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve, reject) => {
      proxy.#listener.once('error', reject).listen(0, proxy.host, resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** How many connections were accepted so far, in every state. */
  get accepted(): number {
    return this.#accepted;
  }

  /** How many connections of clients are open now. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Resets every connection, and every one that is made until {@link restore}. */
  cut(): void {
    this.#state = 'cut';
    this.resetAll();
  }

  /** Resets every connection that is made until {@link restore}. Those that are there go on. */
  seal(): void {
    this.#state = 'cut';
  }

  /** Has bytes arrive later on connections that are made from now on. */
  delay(milliseconds: number): void {
    this.#latency = milliseconds;
  }

  /** Lets no byte pass any more, in either direction, on connections of now and until {@link restore}. */
  blackHole(): void {
    this.#state = 'black-hole';
    for (const { client, server } of this.#pairs) {
      silence(client);
      silence(server);
    }
  }

  /** Forwards the connections that are made from now on. */
  restore(): void {
    this.#state = 'forward';
  }

  /** Resets the connections that are there. */
  resetAll(): void {
    for (const pair of this.#pairs) {
      this.#reset(pair);
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#listener.close(resolve));
    this.resetAll();
    await closed;
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    if (this.#state === 'cut') {
      client.on('error', () => {}).resetAndDestroy();
      return;
    }
    const server = connect({ ...this.target });
    const pair = { client, server };
    this.#pairs.add(pair);
    for (const socket of [client, server]) {
      socket.on('error', () => {});
      socket.once('close', () => this.#reset(pair));
    }
    if (this.#state === 'forward') {
      client.once('data', (bytes: Buffer) => this.openings.push(bytes.toString('hex', 0, 8)));
      pass(client, server, this.#latency);
      pass(server, client, this.#latency);
    }
  }

  #reset(pair: Pair): void {
    if (this.#pairs.delete(pair)) {
      pair.client.resetAndDestroy();
      pair.server.resetAndDestroy();
    }
  }
}

/** Timers of one length keep the order of the chunks. */
function pass(from: Socket, to: Socket, latency: number): void {
  if (latency === 0) {
    from.pipe(to);
    return;
  }
  from.on('data', (chunk) => setTimeout(() => to.write(chunk), latency));
  from.once('end', () => setTimeout(() => to.end(), latency));
  // A listener alone does not wake a socket that was paused when it connected.
  from.resume();
}

/** A paused socket reads nothing: neither data, nor that its peer has closed. */
function silence(socket: Socket): void {
  socket.unpipe();
  socket.removeAllListeners('data');
  socket.pause();
}
