import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices';
import { type AddressInfo, createServer } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { PLATFORMS, corsHeaders } from '../support/application.js';
import { send } from '../support/http-client.js';
import type { HybridSettings } from './hybrid-application.js';
import { ApplicationProcess, STARTING } from './application-process.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

interface Report {
  readonly guarded: string[];
  readonly warnings: string[];
  readonly errors: string[];
}

let program: ApplicationProcess;
let client: ClientProxy | undefined;

// NestJS finds @nestjs/microservices where it is installed itself.
beforeAll(async () => {
  program = await ApplicationProcess.start('hybrid-application.ts');
}, STARTING);

afterEach(async () => {
  await client?.close();
  client = undefined;
  await program.ask('close');
});

afterAll(() => program.stop());

/** A port that is free now: a TCP microservice does not tell which one it was given. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

function connect(port: number): ClientProxy {
  client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } });
  return client;
}

const ask = (pattern: string) => firstValueFrom((client as ClientProxy).send<unknown>(pattern, [1, 2, 3]));
const report = () => program.ask<Report>('report');

describe.each(PLATFORMS.flatMap((platform) => [[platform, true] as const, [platform, false] as const]))(
  'a hybrid application on %s, inheritAppConfig: %s',
  (platform, inheritAppConfig) => {
    async function start(controllers: HybridSettings['controllers']) {
      const rpcPort = await freePort();
      const settings: HybridSettings = { platform, inheritAppConfig, rpcPort, controllers };
      const port = await program.ask<number>('hybrid', settings);
      connect(rpcPort);
      await report();
      const from = (origin: string, path: string, headers = {}, method = 'GET') =>
        send(port, path, { method, headers: { Origin: origin, ...headers } });
      const preflight = (origin: string, method: string, path: string) =>
        from(origin, path, { 'Access-Control-Request-Method': method }, 'OPTIONS');
      return { from, preflight };
    }

    it('messages and HTTP requests: are answered without CORS, and by their policies', async () => {
      const { from, preflight } = await start('guarded');
      expect(await ask('sum')).toBe(6);
      await expect(ask('fail')).rejects.toMatchObject({ message: 'no sum' });
      expect((await report()).guarded).toEqual(inheritAppConfig ? ['rpc', 'rpc'] : []);
      expect((await preflight(APP, 'PUT', '/sums')).status).toBe(204);
      expect((await preflight(STRANGER, 'PUT', '/sums')).status).toBe(403);
      const allowed = await from(APP, '/sums');
      expect(allowed.body).toBe('sums');
      expect(corsHeaders(allowed)).toMatchObject({ 'access-control-allow-origin': APP });
      expect(allowed.headers['access-control-expose-headers']).toContain('content-type');
      expect((await from(STRANGER, '/sums')).status).toBe(403);
      const { guarded, warnings, errors } = await report();
      expect(guarded).toContain('http');
      expect(warnings.filter((line) => !line.startsWith('Refused '))).toEqual([]);
      expect(errors).toEqual([]);
    });

    it('guard without work: messages are answered', async () => {
      const { from } = await start('versioned');
      expect((await from('https://one.example', '/v1/versioned')).headers).toMatchObject({
        'access-control-allow-origin': 'https://one.example',
      });
      expect(await ask('count')).toBe(3);
    });
  },
);

describe('a microservice without HTTP', () => {
  it('module of the library: starts without a warning, and answers', async () => {
    const port = await freePort();
    await program.ask('microservice', port);
    connect(port);
    expect(await ask('sum')).toBe(6);
    await expect(ask('fail')).rejects.toMatchObject({ message: 'no sum' });
    expect(await report()).toMatchObject({ warnings: [], errors: [] });
  });
});

describe('an application context', () => {
  it('module of the library: starts, invalidation works, and queries about routes throw with a reason', async () => {
    const { horizons, routes } = await program.ask<{ horizons: unknown[]; routes: string }>('context');
    expect(horizons).toEqual([]);
    expect(routes).toContain('CORS decisions are made when the application has bootstrapped');
    expect(await report()).toMatchObject({ warnings: [], errors: [] });
  });
});
