import { afterEach, describe, expect, it } from '@jest/globals';
import { PLATFORMS, corsHeaders } from '../support/application.js';
import { type Received, type Sent, send } from '../support/http-client.js';
import type { ShutdownSettings } from './shutdown-application.js';
import { ApplicationProcess, STARTING } from './application-process.js';

const APP = 'https://app.example.com';
const LISTED = 'https://listed.example';
const STRANGER = 'https://stranger.example';
/** Longer than any test may take: nothing may wait for it. */
const NEVER = 60_000;

describe.each(PLATFORMS)('an application that closes, on %s', (platform) => {
  let program: ApplicationProcess;

  afterEach(() => program.stop());

  async function start(settings: Omit<ShutdownSettings, 'platform'>) {
    program = await ApplicationProcess.start('shutdown-application.ts', JSON.stringify({ platform, ...settings }));
  }

  const from = (origin: string, path: string, sent?: Sent) =>
    send(program.port, path, { ...sent, headers: { Origin: origin, ...sent?.headers } });
  const preflight = (origin: string, path = '/') =>
    from(origin, path, { method: 'OPTIONS', headers: { 'Access-Control-Request-Method': 'PUT' } });

  /** Actual requests and preflights of origins that only the lookup knows, on their way until it answers. */
  async function sendMany(): Promise<Promise<Received | undefined>[]> {
    const sent = Array.from({ length: 10 }, (_, index) => `https://partner-${index}.example`).flatMap((origin) => [
      from(origin, '/'),
      preflight(origin),
    ]);
    const settled = sent.map((response) => response.catch(() => undefined));
    await program.ask('asked', sent.length);
    return settled;
  }

  /** Sends requests, each when the one before is answered, until nobody listens any more. */
  function sendWithoutEnd() {
    const answered: Received[] = [];
    const sendOn = async (): Promise<void> => {
      const response = await from(APP, '/nowhere').catch(() => undefined);
      if (response !== undefined) {
        answered.push(response);
        await sendOn();
      }
    };
    return { answered, stream: Promise.all(Array.from({ length: 4 }, sendOn)) };
  }

  /** What the process says at its end. */
  async function ending() {
    const { code, signal } = await program.ended;
    const { aborted, errors } = JSON.parse(/^\{.*\}$/m.exec(program.stdout)?.[0] ?? '{}') as {
      aborted?: number;
      errors?: string[];
    };
    return { code, signal, aborted, errors, stderr: program.stderr };
  }

  it(
    'requests under way: are answered by what lookups return, and the signal ends the process',
    async () => {
      await start({ lookupTimeout: NEVER, shutdownHooks: true });
      const responses = await sendMany();
      program.signal('SIGTERM');
      await program.ask('draining');
      await program.ask('allow');
      for (const response of await Promise.all(responses)) {
        expect(corsHeaders(response!)).toMatchObject({
          'access-control-allow-origin': expect.stringContaining('partner-'),
        });
      }
      await program.ask('drained');
      // Killed by the signal, once it has closed: nothing can be printed then.
      expect(await ending()).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    },
    STARTING,
  );

  it(
    "lookups that are silent: requests get no grant, and the lookups' signals are aborted",
    async () => {
      await start({ lookupTimeout: 300 });
      const responses = await sendMany();
      const { stream, answered } = sendWithoutEnd();
      await program.ask('close');
      await program.ask('drained');
      for (const response of await Promise.all(responses)) {
        expect([200, 403]).toContain(response?.status);
        expect(corsHeaders(response!)).toEqual({});
      }
      await stream;
      expect(answered.length).toBeGreaterThan(0);
      for (const response of answered) {
        // Fastify itself turns requests away on connections that are left, before any hook (its `return503OnClosing`).
        const turnedAway = platform === 'fastify' && response.status === 503;
        expect(response.status).toBe(turnedAway ? 503 : 404);
        expect(corsHeaders(response)).toEqual(turnedAway ? {} : { 'access-control-allow-origin': APP });
      }
      const { errors, ...end } = await ending();
      expect(end).toEqual({ code: 0, signal: null, aborted: 20, stderr: '' });
      expect(errors?.every((line) => line.includes('gave no answer within 300 ms'))).toBe(true);
      expect(program.stdout).toContain('closed');
    },
    STARTING,
  );

  it(
    'application that drains: applies its policies, lists included, and its 503s are readable',
    async () => {
      await start({ lookupTimeout: NEVER, return503OnClosing: true });
      await program.ask('close');
      expect((await preflight(APP, '/nowhere')).status).toBe(204);
      expect((await preflight(STRANGER, '/listed')).status).toBe(403);
      for (const [origin, path] of [
        [LISTED, '/listed'],
        [APP, '/nowhere'],
      ] as const) {
        const response = await from(origin, path);
        expect(response.status).toBe(503);
        expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': origin });
        expect(response.headers.vary).toBe('Origin');
      }
      expect(corsHeaders(await from(STRANGER, '/listed'))).toEqual({});
      await program.ask('drained');
      expect(await ending()).toMatchObject({ code: 0, signal: null, errors: [], stderr: '' });
    },
    STARTING,
  );

  it(
    'connections to be closed at once: are broken off, and lookups do not keep the process alive',
    async () => {
      await start({ lookupTimeout: NEVER, forceCloseConnections: true });
      const responses = await sendMany();
      await program.ask('close');
      await program.ask('drained');
      expect(await Promise.all(responses)).toEqual(responses.map(() => undefined));
      // Only their timers could keep the process; they would report themselves when they run out.
      expect(await ending()).toEqual({ code: 0, signal: null, aborted: 20, errors: [], stderr: '' });
      expect(program.stdout).toContain('closed');
    },
    STARTING,
  );
});
