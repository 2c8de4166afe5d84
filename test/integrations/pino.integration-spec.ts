import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { corsHeaders, varyOf } from '../support/application.js';
import { type Sent, send } from '../support/http-client.js';
import { ApplicationProcess, STARTING } from './application-process.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

/** A line as pino writes it. */
interface Line {
  readonly level: number;
  readonly msg: string;
  readonly context?: string;
  readonly req?: { readonly id: string; readonly method: string; readonly url: string };
  readonly res?: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };
}

const WARN = 40;
const granted = { 'access-control-allow-origin': APP, 'access-control-allow-credentials': 'true' };

// Its logger is the process's, so each application has a process of its own.
describe.each([
  ['express', 'before'],
  ['fastify', 'after'],
])('nestjs-pino on %s, imported %s CorsModule', (platform, order) => {
  let application: ApplicationProcess;

  beforeAll(async () => {
    application = await ApplicationProcess.start('pino-application.ts', platform, order);
  }, STARTING);

  afterAll(() => application.stop());

  const from = (origin: string, path: string, sent?: Sent) =>
    send(application.port, path, { ...sent, headers: { Origin: origin, ...sent?.headers } });
  const preflight = (origin: string, id: string) =>
    from(origin, '/orders', {
      method: 'OPTIONS',
      headers: { 'Access-Control-Request-Method': 'PUT', 'X-Request-Id': id },
    });
  const lines = () =>
    application.stdout
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as Line);

  it('actual requests, also refused ones: are logged with the headers of their responses', async () => {
    for (const [origin, id] of [
      [APP, 'allowed'],
      [STRANGER, 'refused'],
    ] as const) {
      await from(origin, '/orders', { headers: { 'X-Request-Id': id } });
      await application.line(new RegExp(`"id":"${id}".*request completed`));
    }
    const completed = (id: string) => lines().find(({ req, msg }) => req?.id === id && msg === 'request completed');
    expect(completed('allowed')?.res).toMatchObject({ statusCode: 200, headers: { ...granted, vary: 'Origin' } });
    expect(completed('refused')?.res?.headers['vary']).toBe('Origin');
    expect(completed('refused')?.res?.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('handlers: have their logger and the id of the request', async () => {
    const response = await from(APP, '/orders', { headers: { 'X-Request-Id': 'mine' } });
    expect(JSON.parse(response.body)).toEqual({ hasLog: true, id: 'mine' });
    await application.line(/"id":"mine".*"context":"OrdersController","msg":"listing"/);
  });

  it.each([
    ['/orders/missing', 'no such order'],
    ['/nowhere', 'Cannot GET /nowhere'],
  ])('error that it logs: is readable to an allowed origin: %s', async (path, message) => {
    const response = await from(APP, path, { headers: { 'X-Request-Id': `error of ${path}` } });
    expect(response.status).toBe(404);
    expect(response.body).toContain(message);
    expect(corsHeaders(response)).toEqual(granted);
    expect(varyOf(response)).toEqual(['origin']);
    await application.line(new RegExp(`"id":"error of ${path}".*"statusCode":404`));
  });

  it('has no line of preflights: they are answered before its middleware. The refused one has ours', async () => {
    expect((await preflight(APP, 'granted preflight')).status).toBe(204);
    expect((await preflight(STRANGER, 'refused preflight')).status).toBe(403);
    await from(APP, '/orders', { headers: { 'X-Request-Id': 'behind the preflights' } });
    await application.line(/"id":"behind the preflights".*request completed/);
    expect(application.stdout).not.toMatch(/"id":"(granted|refused) preflight"/);
    const ours = lines().filter(({ msg }) => msg.startsWith(`Refused the preflight of PUT /orders`));
    expect(ours).toHaveLength(1);
    expect(ours[0]).toMatchObject({ level: WARN, context: 'CorsModule' });
  });

  it('lines of the library: have nothing in them that a client or a driver sent', async () => {
    await from('https://evil.example"} {"level":60,"msg":"forged', '/orders');
    await from(STRANGER, '/orders/failing');
    await application.line(/originLookup of OrdersController.failing failed/);
    await application.line(/malformed origin of \d+ characters/);
    const ours = lines().filter(({ context }) => context === 'CorsModule');
    const texts = ours.map(({ msg }) => msg).join('\n');
    expect(texts).not.toContain('forged');
    expect(texts).not.toContain('s3cret');
    expect(ours.every(({ level }) => level >= WARN)).toBe(true);
  });

  it('boot: has no warning', () => {
    const boot = application.stdout.slice(0, application.stdout.indexOf('Nest application successfully started'));
    expect(boot).not.toMatch(/"level":[4-6]0/);
    expect(application.stderr).toBe('');
  });
});
