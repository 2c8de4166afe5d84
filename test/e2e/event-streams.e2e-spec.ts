import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Injectable, Res, Sse } from '@nestjs/common';
import { NEVER, Observable, Subject, merge, of } from 'rxjs';
import {
  type CorsModuleOptions,
  CorsOriginCache,
  CorsPolicy,
  type OriginChange,
  type OriginLookup,
  type OriginLookupContext,
} from '../../lib/index.js';
import { EventStreams } from '../../lib/gateways/event-streams.js';
import { PLATFORMS, type Platform, type RunningApplication, startApplication } from '../support/application.js';

const KNOWN = 'https://known.example';
const OTHER = 'https://other.example';
const LISTED = 'https://listed.example';

@Injectable()
class Partners implements OriginLookup {
  readonly allowed = new Set([`acme ${KNOWN}`, `umbrella ${KNOWN}`, `acme ${OTHER}`]);
  readonly changes = new Subject<OriginChange>();
  calls = 0;
  isDown = false;

  isOriginAllowed(origin: string, { tenant }: OriginLookupContext): Promise<boolean> {
    this.calls++;
    return this.isDown ? Promise.reject(new Error('down')) : Promise.resolve(this.allowed.has(`${tenant} ${origin}`));
  }
}

/** Events of all streams, and how many handlers have a subscriber. */
@Injectable()
class Board {
  readonly events = new Subject<{ data: string }>();
  subscribers = 0;

  stream(): Observable<{ data: string }> {
    return new Observable((subscriber) => {
      this.subscribers++;
      const subscription = merge(of({ data: 'hello' }), this.events, NEVER).subscribe(subscriber);
      return () => {
        this.subscribers--;
        subscription.unsubscribe();
      };
    });
  }
}

@CorsPolicy('partners')
@Controller('t/:tenant')
class BoardController {
  constructor(@Inject(Board) private readonly board: Board) {}

  @Sse('events')
  events() {
    return this.board.stream();
  }

  @Get('written')
  written(@Res() reply: ServerResponse | { raw: ServerResponse; hijack(): void }): void {
    if ('hijack' in reply) {
      reply.hijack();
    }
    const response = 'raw' in reply ? reply.raw : reply;
    response.setHeader('Content-Type', 'Text/Event-Stream; charset=utf-8');
    response.write('data: hello\n\n');
  }

  @Get('slow')
  slow(@Res() reply: ServerResponse | { raw: ServerResponse; hijack(): void }): void {
    if ('hijack' in reply) {
      reply.hijack();
    }
    const response = 'raw' in reply ? reply.raw : reply;
    response.setHeader('Content-Type', 'text/plain');
    response.write('hello');
  }
}

interface OpenStream {
  readonly response: IncomingMessage;
  readonly closed: Promise<unknown>;
  isClosed(): boolean;
  /** Resolves when the text has come. */
  received(text: string): Promise<void>;
}

describe.each(PLATFORMS)('open event streams (%s)', (platform: Platform) => {
  let running: RunningApplication;
  const streams: IncomingMessage[] = [];

  async function start(options: CorsModuleOptions) {
    running = await startApplication(platform, 'NestFactory', {
      cors: {
        policies: {
          partners: { origin: [LISTED], originLookup: Partners, tenant: ({ params }) => params['tenant'] },
        },
        logging: 'off',
        ...options,
      },
      controllers: [BoardController],
      providers: [Partners, Board],
    });
    return { partners: running.app.get(Partners), board: running.app.get(Board) };
  }

  async function open(origin: string | undefined, path: string): Promise<OpenStream> {
    const headers = { accept: 'text/event-stream', ...(origin === undefined ? {} : { origin }) };
    const outgoing = request({ host: '127.0.0.1', port: running.port, path, headers, agent: false }).end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    streams.push(response);
    response.setEncoding('utf8').on('error', () => {});
    let text = '';
    let isClosed = false;
    const closed = new Promise<void>((resolve) => {
      response.once('close', () => {
        isClosed = true;
        resolve();
      });
    });
    response.on('data', (chunk: string) => (text += chunk));
    const received = async (expected: string): Promise<void> => {
      while (!text.includes(expected)) {
        await once(response, 'data');
      }
    };
    await received('hello');
    return { response, closed, isClosed: () => isClosed, received };
  }

  afterEach(async () => {
    streams.splice(0).forEach((stream) => stream.destroy());
    await running.close();
  });

  it.each(['/t/acme/events', '/t/acme/written'])('origin that is revoked: closes %s', async (path) => {
    const { partners } = await start({ eventStreams: { closeRevoked: true } });
    const revoked = [await open(KNOWN, path), await open(KNOWN, path), await open(KNOWN, path)];
    const kept = [
      await open(KNOWN, path.replace('acme', 'umbrella')),
      await open(OTHER, path),
      await open(LISTED, path),
      await open(undefined, path),
      await open(`http://127.0.0.1:${running.port}`, path),
      await open(KNOWN, '/t/acme/slow'),
    ];
    expect(revoked[0]?.response.headers['access-control-allow-origin']).toBe(KNOWN);
    const before = partners.calls;
    partners.allowed.delete(`acme ${KNOWN}`);
    partners.changes.next({ origin: KNOWN, tenant: 'acme' });
    await Promise.all(revoked.map(({ closed }) => closed));
    expect(partners.calls - before).toBe(1);
    expect(kept.map((stream) => stream.isClosed())).toEqual(kept.map(() => false));
    const { headers } = await running.from(KNOWN, '/t/acme/none');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('closed stream: ends its handler, and no other one', async () => {
    const { partners, board } = await start({ eventStreams: { closeRevoked: true } });
    const revoked = await open(KNOWN, '/t/acme/events');
    const kept = await open(OTHER, '/t/acme/events');
    expect(board.subscribers).toBe(2);
    partners.allowed.delete(`acme ${KNOWN}`);
    await running.app.get(CorsOriginCache).invalidate({ origin: KNOWN });
    await revoked.closed;
    board.events.next({ data: 'after the change' });
    await kept.received('after the change');
    expect(board.subscribers).toBe(1);
  });

  it('lookup that fails: leaves streams open', async () => {
    const { partners, board } = await start({ eventStreams: { closeRevoked: true } });
    const stream = await open(KNOWN, '/t/acme/events');
    partners.isDown = true;
    const before = partners.calls;
    partners.changes.next({});
    await running.from(OTHER, '/t/acme/none');
    while (partners.calls === before) {
      await new Promise(setImmediate);
    }
    board.events.next({ data: 'still here' });
    await stream.received('still here');
    expect(stream.isClosed()).toBe(false);
  });

  it('ended streams: are forgotten', async () => {
    await start({ eventStreams: { closeRevoked: true } });
    const connections = (running.app.get(EventStreams) as unknown as { connections: { sizes: { groups: number } } })
      .connections;
    const stream = await open(KNOWN, '/t/acme/events');
    expect(connections.sizes.groups).toBe(1);
    stream.response.destroy();
    while (connections.sizes.groups > 0) {
      await new Promise(setImmediate);
    }
    expect(connections.sizes).toMatchObject({ groups: 0, timers: 0 });
  });

  it.each([{}, { eventStreams: { closeRevoked: false } }])('options %j: leave streams open', async (options) => {
    const { partners, board } = await start(options);
    const stream = await open(KNOWN, '/t/acme/events');
    partners.allowed.delete(`acme ${KNOWN}`);
    partners.changes.next({ origin: KNOWN });
    await expect(
      running.from(KNOWN, '/t/acme/slow-none').then(({ headers }) => headers['access-control-allow-origin']),
    ).resolves.toBeUndefined();
    board.events.next({ data: 'still here' });
    await stream.received('still here');
    expect(running.app.get(EventStreams)).toBeUndefined();
  });
});
