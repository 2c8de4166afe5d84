import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { Controller, Get } from '@nestjs/common';
import type { FeedSnapshot } from '../../../lib/entry-points/devtools/decision-feed.js';
import { MAX_ENTRIES } from '../../../lib/entry-points/devtools/decision-feed.js';
import { MAX_STREAMS } from '../../../lib/entry-points/devtools/feed-streams.js';
import { CorsDevtoolsModule } from '../../../lib/entry-points/devtools/index.js';
import { PLATFORMS, type RunningApplication, startApplication } from '../../support/application.js';
import { devtoolsCookie } from '../../support/devtools.js';

@Controller('orders')
class OrdersController {
  @Get()
  list() {
    return [];
  }
}

/** A page that watches. */
class Watcher {
  private text = '';
  private wake = () => {};

  private constructor(
    private readonly sent: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    response.on('data', (chunk: Buffer) => {
      this.text += chunk.toString();
      this.wake();
    });
    response.on('error', () => {});
    response.on('close', () => this.wake());
  }

  static async open(application: RunningApplication, method = 'GET', cookie?: string): Promise<Watcher> {
    const headers = { Cookie: cookie ?? (await devtoolsCookie(application)) };
    const { port } = application;
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path: '/__cors/events', method, headers, agent: false });
      sent.on('response', (response) => resolve(new Watcher(sent, response)));
      sent.on('error', reject);
      sent.end();
    });
  }

  /** What the next event holds. */
  async next(name: string): Promise<FeedSnapshot> {
    for (;;) {
      const end = this.text.indexOf('\n\n');
      if (end >= 0) {
        const event = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        expect(event.split('\n')).toHaveLength(2);
        expect(event).toMatch(new RegExp(`^event: ${name}\ndata: \\{`));
        return JSON.parse(event.slice(event.indexOf('data: ') + 6)) as FeedSnapshot;
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  ended(): Promise<void> {
    return new Promise((resolve) => {
      if (this.response.closed) {
        resolve();
      } else {
        this.response.on('close', resolve);
        this.response.resume();
      }
    });
  }

  close(): void {
    this.sent.destroy();
  }
}

describe.each(PLATFORMS)('the live feed on %s', (platform) => {
  let running: RunningApplication;

  beforeEach(async () => {
    running = await startApplication(platform, 'NestFactory', {
      imports: [CorsDevtoolsModule.forRoot()],
      controllers: [OrdersController],
      cors: { origin: 'https://app.example.com', logging: 'off' },
    });
  });

  afterEach(() => running.close());

  it('opened: begins with earlier decisions, and goes on with new ones', async () => {
    await running.from('https://before.example', '/orders');
    const watcher = await Watcher.open(running);
    expect(watcher.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
    });
    expect((await watcher.next('snapshot')).entries).toMatchObject([{ origin: 'https://before.example', count: 1 }]);
    await running.from('https://before.example', '/orders?page=2');
    await running.preflight('https://app.example.com', 'PUT', '/orders');
    expect((await watcher.next('entries')).entries).toMatchObject([
      { kind: 'preflight', method: 'PUT', granted: false, reason: 'method-not-routed' },
      { kind: 'actual', origin: 'https://before.example', count: 2, reason: 'origin-not-listed', path: '/orders' },
    ]);
    watcher.close();
  });

  it('requests without Origin, its own, and explained ones: are not in it', async () => {
    await running.send('/orders');
    const headers = { Cookie: await devtoolsCookie(running) };
    await running.send('/__cors/routes', { headers });
    const asked = JSON.stringify({ method: 'GET', path: '/orders', origin: 'https://explained.example' });
    await running.send(`/__cors/explanation?request=${encodeURIComponent(asked)}`, { headers });
    const watcher = await Watcher.open(running);
    expect(await watcher.next('snapshot')).toEqual({
      entries: [],
      forgotten: 0,
      instance: `process ${process.pid} on ${hostname()}`,
    });
    watcher.close();
  });

  it('hostile origins: are carried as JSON', async () => {
    const origin = '<img onerror=1>\tevent: snapshot';
    await running.from(origin, '/orders');
    const watcher = await Watcher.open(running);
    expect((await watcher.next('snapshot')).entries[0]).toMatchObject({ origin, reason: 'origin-malformed' });
    watcher.close();
  });

  it('any number of origins: is bounded', async () => {
    for (let index = 0; index < MAX_ENTRIES + 10; index++) {
      await running.from(`https://${index}.example`, '/orders');
    }
    const watcher = await Watcher.open(running);
    const { entries, forgotten } = await watcher.next('snapshot');
    expect(entries).toHaveLength(MAX_ENTRIES);
    expect(entries[0]?.origin).toBe(`https://${MAX_ENTRIES + 9}.example`);
    expect(forgotten).toBe(10);
    watcher.close();
  });

  it('pages that watch: are limited in number', async () => {
    const cookie = await devtoolsCookie(running);
    const watchers = await Promise.all(Array.from({ length: MAX_STREAMS }, () => Watcher.open(running, 'GET', cookie)));
    const refused = await Watcher.open(running);
    expect(refused.response.statusCode).toBe(503);
    refused.close();
    watchers.forEach((watcher) => watcher.close());
    // Their places are free once the server has seen them go.
    for (;;) {
      const next = await Watcher.open(running);
      next.close();
      if (next.response.statusCode === 200) {
        break;
      }
    }
  });

  it('shutdown: ends it, and the application does not wait for its readers', async () => {
    const watcher = await Watcher.open(running);
    await running.close();
    await watcher.ended();
    expect(watcher.response.complete).toBe(true);
  });

  it('HEAD: is answered at once', async () => {
    const watcher = await Watcher.open(running, 'HEAD');
    expect(watcher.response.statusCode).toBe(200);
    await watcher.ended();
  });
});
