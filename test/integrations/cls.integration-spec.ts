import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PLATFORMS, corsHeaders, varyOf } from '../support/application.js';
import { send } from '../support/http-client.js';
import type { ClsSettings } from './cls-application.js';
import { ApplicationProcess, STARTING } from './application-process.js';

const APP = 'https://app.example.com';
const ACME = 'https://acme.example';
const STRANGER = 'https://stranger.example';

let program: ApplicationProcess;

// The package is CommonJS and requires NestJS, which jest can't do before Node.js 24.9.
beforeAll(async () => {
  program = await ApplicationProcess.start('cls-application.ts');
}, STARTING);

afterAll(() => program.stop());

const SETTINGS: ClsSettings[] = PLATFORMS.flatMap((platform) => [
  { platform, mount: 'middleware', order: 'before' },
  { platform, mount: 'middleware', order: 'after' },
  { platform, mount: 'guard', order: 'before' },
  { platform, mount: 'guard', order: 'after' },
  { platform, mount: 'interceptor', order: 'after' },
]);

describe.each(SETTINGS)('nestjs-cls on $platform, mounted as $mount, imported $order CorsModule', (settings) => {
  let port: number;

  beforeAll(async () => {
    port = await program.ask<number>('start', settings);
    await program.ask('seen');
  });

  afterAll(() => program.ask('close'));

  const from = (origin: string, path: string, headers: Record<string, string> = {}, method = 'GET') =>
    send(port, path, { method, headers: { Origin: origin, ...headers } });
  const preflight = (origin: string, method: string, path: string) =>
    from(origin, path, { 'Access-Control-Request-Method': method }, 'OPTIONS');

  it('requests that wait for a lookup at the same time: have their own context', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `name-${index}`);
    const responses = await Promise.all(names.map((name) => from(ACME, '/orders/acme', { 'X-Name': name })));
    expect(responses.map(({ body }) => JSON.parse(body) as unknown)).toEqual(
      names.map((name) => ({ before: name, after: name, id: 'string' })),
    );
    for (const response of responses) {
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': ACME });
      expect(varyOf(response)).toEqual(['origin']);
    }
    expect(corsHeaders(await from(STRANGER, '/orders/acme'))).toEqual({});
  });

  it('lookups and preflights, which come before it: have no context', async () => {
    await program.ask('seen');
    expect((await preflight(ACME, 'PUT', '/orders/acme')).status).toBe(204);
    expect((await preflight(ACME, 'PUT', '/orders/globex')).status).toBe(403);
    await from(ACME, '/orders/acme', { 'X-Name': 'somebody' });
    expect(await program.ask('seen')).toEqual(['no context', 'no context', 'no context']);
  });

  it('guard and interceptor of the library: the context goes on around them', async () => {
    const replaced = await from(ACME, '/orders/acme', { 'X-Name': 'somebody' }, 'PUT');
    expect(replaced.body).toBe('somebody');
    expect(replaced.headers['access-control-expose-headers']?.split(',')).toContain('content-type');
    expect((await from(STRANGER, '/orders/acme', { 'X-Name': 'somebody' }, 'PUT')).status).toBe(403);
  });

  it('error from a context: is readable to an allowed origin', async () => {
    const response = await from(ACME, '/orders/acme/forbidden', { 'X-Name': 'somebody' });
    expect(response.status).toBe(403);
    expect(response.body).toContain("not somebody's");
    expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': ACME });
    expect(corsHeaders(await from(APP, '/nowhere'))).toEqual({ 'access-control-allow-origin': APP });
  });

  it('log: has refusals only', async () => {
    const { warnings, errors } = await program.ask<Record<'warnings' | 'errors', string[]>>('log');
    expect(errors).toEqual([]);
    expect(warnings.filter((line) => !line.startsWith('Refused '))).toEqual([]);
  });
});
