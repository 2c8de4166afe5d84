import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type INestApplication, Module, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import type { Browser, Page } from 'playwright-core';
import { NEVER, startWith } from 'rxjs';
import { CorsModule, CorsOriginCache, CorsPolicy, type OriginLookup } from 'nestjs-cors';
import { CorsDevtools, CorsDevtoolsModule } from 'nestjs-cors/devtools';
import { launchChromium } from './chromium.js';
import { DevtoolsPage } from './devtools.page.js';

/** What the lookup allows at the moment. */
const allowed = new Set<string>();

class PageOrigins implements OriginLookup {
  isOriginAllowed(origin: string): boolean {
    return allowed.has(origin);
  }
}

@WebSocketGateway({ path: '/board' })
@CorsPolicy({ originLookup: PageOrigins, credentials: true })
class BoardGateway {}

@WebSocketGateway({ path: '/news' })
class NewsGateway {}

@Controller('prices')
@CorsPolicy({ originLookup: PageOrigins })
class PricesController {
  @Sse()
  prices() {
    return NEVER.pipe(startWith({ data: '90' }));
  }
}

@Module({
  imports: [
    CorsModule.forRoot({
      origin: ['https://app.example.com'],
      eventStreams: { closeRevoked: true },
      gateways: { origin: '*' },
      logging: 'off',
    }),
    CorsDevtoolsModule.forRoot(),
  ],
  controllers: [PricesController],
  providers: [PageOrigins, BoardGateway, NewsGateway],
})
class AppModule {}

describe('the sockets on the page of the devtools, in Chromium', () => {
  let app: INestApplication;
  let port: number;
  let browser: Browser;
  let devtools: DevtoolsPage;
  let strangers: Server;
  let page: Page;
  let origin: string;

  beforeAll(async () => {
    strangers = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html>'));
    await new Promise<void>((resolve) => {
      strangers.listen(0, 'localhost', resolve);
    });
    origin = `http://localhost:${(strangers.address() as AddressInfo).port}`;
    allowed.add(origin);
    app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
    app.useWebSocketAdapter(new WsAdapter(app));
    await app.listen(0, 'localhost');
    ({ port } = (app.getHttpServer() as Server).address() as AddressInfo);
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(origin);
    devtools = new DevtoolsPage(await browser.newPage({ viewport: { width: 1400, height: 1300 } }));
    await devtools.open(app.get(CorsDevtools, { strict: false }).url(`http://localhost:${port}`));
  });

  afterAll(async () => {
    await browser?.close();
    strangers?.close();
    await app?.close();
  });

  const rows = (table: string) => devtools.page.locator(`#${table} > tr`);
  const section = () => devtools.page.locator('#sockets');

  it('gateways: are shown with their policies', async () => {
    const [board, news] = await rows('socket-rows').allInnerTexts();
    expect(board).toMatch(/WS\s\/board\s+BoardGateway\s+BoardGateway/);
    expect(board).toContain('originLookup PageOrigins gateway BoardGateway');
    expect(news).toMatch(/\/news\s+NewsGateway\s+gateways/);
    expect(await devtools.page.locator('nav').innerText()).toContain('WebSockets');
  });

  it('sockets that pages open and close: are counted by origin', async () => {
    expect(await section().locator('#no-open').isVisible()).toBe(true);
    await page.evaluate(async (at) => {
      const opened = (socket: WebSocket) => new Promise((resolve) => socket.addEventListener('open', resolve));
      await Promise.all([1, 2].map(() => opened(new WebSocket(`ws://localhost:${at}/board`))));
      const source = new EventSource(`http://localhost:${at}/prices`);
      await new Promise((resolve) => source.addEventListener('message', resolve));
    }, port);
    await rows('open-rows').nth(1).waitFor();
    expect(await rows('open-rows').allInnerTexts()).toEqual([
      `${origin}\t2 sockets\tBoardGateway`,
      `${origin}\t1 event stream\tPricesController`,
    ]);
    expect(await section().locator('#open-count').innerText()).toBe('3 open');
    allowed.delete(origin);
    app.get(CorsOriginCache, { strict: false }).clear();
    await section().locator('#no-open').waitFor();
    expect(await rows('open-rows').count()).toBe(0);
    allowed.add(origin);
  });

  it('handshake: is explained', async () => {
    const form = devtools.page.locator('#handshake');
    await devtools.page.getByRole('button', { name: 'Explain a handshake of BoardGateway /board' }).click();
    await form.getByLabel('Origin of the page').fill('https://stranger.example');
    await form.getByRole('button').click();
    const result = devtools.page.locator('#handshake-result');
    await result.locator('.banner').waitFor();
    expect(await result.innerText()).toContain('✗ Refused The lookup of the policy returned false.');
    expect(await result.innerText()).toContain('PageOrigins: refused');
    await form.getByLabel('Origin of the page').fill(origin);
    await form.getByRole('button').click();
    await result.getByText('✓ Accepted The lookup').waitFor();
    expect(await result.innerText()).toContain('The application sees the cookies.');
    await form.getByLabel('Origin of the page').fill('https://app.example.com/\u0001');
    await form.getByRole('button').click();
    await form.getByRole('alert').getByText('origin').waitFor();
    await form.getByLabel('Origin of the page').fill(origin);
    await form.locator('select[name=transport]').selectOption('a later poll');
    await form.getByRole('button').click();
    await form.getByRole('alert').getByText('BoardGateway takes WebSockets only').waitFor();
    await form.locator('select[name=transport]').selectOption('a WebSocket');
  });

  it('decision about a handshake: fills the form', async () => {
    const entry = devtools.page.locator('#feed button').filter({ hasText: 'handshake' }).first();
    expect(await entry.innerText()).toMatch(/✓ Granted\s+GET\s+\/board/);
    await entry.click();
    const form = devtools.page.locator('#handshake');
    expect(await form.getByLabel('Origin of the page').inputValue()).toBe(origin);
    expect(await form.locator('select[name=place] option:checked').innerText()).toBe('BoardGateway /board');
    expect(devtools.errors).toEqual([]);
  });
});
