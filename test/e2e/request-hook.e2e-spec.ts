import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, type OnModuleInit, Put } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CORS_DECISION_CHANNEL } from '../../lib/entry-points/diagnostics/index.js';
import { ENVIRONMENTS, corsHeaders, startApplication } from '../support/application.js';
import { closedAfterEach } from '../support/closed-after-each.js';
import { eventsDuring } from '../support/published-events.js';

const APP = 'https://app.example.com';

type Done = (error?: unknown) => void;
type Hook = (request: { method: string; raw?: { method: string } }, response: unknown, done: Done) => unknown;

const store = new AsyncLocalStorage<string>();

@Controller()
class TracedController {
  @Get()
  read() {
    return store.getStore() ?? 'no store';
  }

  @Put()
  replace() {
    return 'replaced';
  }
}

describe.each(ENVIRONMENTS)("another owner of the adapter's request hook, on %s through %s", (platform, bootstrap) => {
  const startForTest = closedAfterEach(startApplication);

  async function startBeside(hook: Hook) {
    @Injectable()
    class Telemetry implements OnModuleInit {
      constructor(private readonly host: HttpAdapterHost) {}
      onModuleInit() {
        (this.host.httpAdapter as unknown as { setOnRequestHook(hook: Hook): void }).setOnRequestHook(hook);
      }
    }

    return startForTest(platform, bootstrap, {
      controllers: [TracedController],
      providers: [Telemetry],
      cors: { origin: APP },
    });
  }

  it('hook that was there first: sees every request, preflights included, and wraps what follows', async () => {
    const seen: string[] = [];
    const { from, preflight } = await startBeside((request, _response, done) => {
      seen.push((request.raw ?? request).method);
      store.run('traced', () => done());
    });
    const response = await from(APP, '/');
    expect(response.body).toBe('traced');
    expect(response.headers['access-control-allow-origin']).toBe(APP);
    expect((await preflight(APP, 'PUT', '/')).status).toBe(204);
    expect((await preflight('https://stranger.example', 'PUT', '/')).status).toBe(403);
    expect(seen).toEqual(['GET', 'OPTIONS', 'OPTIONS']);
  });

  it('hook that calls back later: is waited for', async () => {
    const { from, preflight } = await startBeside((_request, _response, done) => void setTimeout(() => done(), 10));
    expect((await from(APP, '/')).headers['access-control-allow-origin']).toBe(APP);
    expect((await preflight(APP, 'PUT', '/')).status).toBe(204);
  });

  it('later owner that calls the hook it found in the slot: the request is evaluated once', async () => {
    const { app, from, preflight } = await startForTest(platform, bootstrap, {
      controllers: [TracedController],
      cors: { origin: APP },
    });
    const adapter = app.getHttpAdapter() as unknown as { onRequestHook: Hook; setOnRequestHook(hook: Hook): void };
    const found = adapter.onRequestHook;
    const seen: string[] = [];
    adapter.setOnRequestHook((request, response, done) => {
      seen.push((request.raw ?? request).method);
      return found(request, response, done);
    });
    const events = await eventsDuring(CORS_DECISION_CHANNEL, async () => {
      expect(corsHeaders(await from(APP, '/'))).toEqual({ 'access-control-allow-origin': APP });
      expect((await preflight(APP, 'PUT', '/')).status).toBe(204);
    });
    expect(seen).toEqual(['GET', 'OPTIONS']);
    expect(events.map(({ kind }) => kind)).toEqual(['actual', 'preflight']);
  });

  it('hook that calls back more than once: the request is answered', async () => {
    const { from, preflight } = await startBeside((_request, _response, done) => {
      done();
      done();
    });
    expect((await from(APP, '/')).status).toBe(200);
    expect((await preflight(APP, 'PUT', '/')).status).toBe(204);
  });

  it.each([
    ['calls back with an error', ((_request, _response, done) => done(new Error('hook'))) as Hook],
    [
      'throws',
      (() => {
        throw new Error('hook');
      }) as Hook,
    ],
    ['rejects', (() => Promise.reject(new Error('hook'))) as Hook],
  ])('hook that %s: an allowed origin can read the error', async (_name, hook) => {
    const { from } = await startBeside(hook);
    const response = await from(APP, '/');
    expect(response.status).toBe(500);
    expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': APP });
  });
});
