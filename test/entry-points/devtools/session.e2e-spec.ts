import { type LoggerService, VersioningType } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CorsDevtools, CorsDevtoolsModule } from '../../../lib/entry-points/devtools/index.js';
import type { CorsDevtoolsOptions } from '../../../lib/entry-points/devtools/index.js';
import {
  type ApplicationSetup,
  PLATFORMS,
  RecordingLogger,
  type RunningApplication,
  createApplication,
  listening,
} from '../../support/application.js';
import type { Received } from '../../support/http-client.js';

const ROUTES = [
  '',
  '/sender',
  '/sender.js',
  '/assets/main.js',
  '/assets/sender.js',
  '/routes',
  '/audit',
  '/explanation',
  '/events',
];
const FIXED = 'a-token-of-the-team.0123456789_~';

/** Remembers what is logged at every level. */
class FullLogger extends RecordingLogger implements LoggerService {
  readonly lines: string[] = [];
  override log(message?: unknown): void {
    this.lines.push(String(message));
  }
  override warn(message: unknown): void {
    this.lines.push(String(message));
  }
  override error(message: unknown): void {
    this.lines.push(String(message));
  }
}

const cookieOf = ({ headers }: Received) => headers['set-cookie']?.[0] ?? '';
const pairOf = (received: Received) => cookieOf(received).split(';', 1)[0] ?? '';

describe.each(PLATFORMS)('the devtools on %s', (platform) => {
  const running: RunningApplication[] = [];

  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.close()));
  });

  async function start(
    options: CorsDevtoolsOptions = {},
    setup: Partial<ApplicationSetup> = {},
  ): Promise<RunningApplication & { lines: readonly string[] }> {
    const logger = new FullLogger();
    const imports = [CorsDevtoolsModule.forRoot(options)];
    const app = await createApplication(
      platform,
      'NestFactory',
      { imports, cors: { logging: 'all' }, ...setup },
      logger,
    );
    const started = await listening(app, logger);
    running.push(started);
    return { ...started, lines: logger.lines };
  }

  /** The URL that was logged, as a path with its query. */
  const logged = ({ lines, port }: { lines: readonly string[]; port: number }): string => {
    const [, url = ''] = lines.map((line) => /^CORS devtools: (\S+)/.exec(line)).find((match) => match !== null) ?? [];
    expect(url).toMatch(new RegExp(`^http://localhost:${port}/`));
    const { pathname, search } = new URL(url);
    return pathname + search;
  };

  it('application that listens: log one URL, with a token of 256 bits', async () => {
    const application = await start();
    expect(application.lines.filter((line) => line.includes('token='))).toHaveLength(1);
    expect(logged(application)).toMatch(/^\/__cors\?token=[\w-]{43}$/);
    expect(logged(await start())).not.toBe(logged(application));
  });

  it.each(ROUTES)(
    'client of this machine without the session, at %j: answer 401, and say nothing of the application',
    async (path) => {
      const { send } = await start();
      for (const headers of [{}, { Cookie: 'nestjs-cors-devtools=x' }, { Authorization: 'Bearer x' }] as Record<
        string,
        string
      >[]) {
        for (const method of ['GET', 'HEAD']) {
          const { status, body } = await send(`/__cors${path}`, { method, headers });
          expect([method, status]).toEqual([method, 401]);
          expect(body).not.toMatch(/"path"|data-ticket|module defaults/);
        }
      }
      const { body } = await send(`/__cors${path}?token=${'A'.repeat(43)}`);
      expect(body).toMatch(/app\.get\(CorsDevtools\)\.url\(\)/);
    },
  );

  it.each<[title: string, options: CorsDevtoolsOptions, prefix: string | undefined, shown: string]>([
    ['its port', {}, undefined, 'http://localhost:PORT/__cors?token=…'],
    ['its path', { path: 'tools/cors' }, undefined, 'http://localhost:PORT/tools/cors?token=…'],
    ['its global prefix', {}, 'api', 'http://localhost:PORT/api/__cors?token=…'],
    ['a prefix with markup', {}, "a&b'c", "http://localhost:PORT/a&amp;b'c/__cors?token=…"],
    ['its path alone, where other machines may ask', { allowRemoteClients: true }, undefined, '…/__cors?token=…'],
  ])('client without a session: show the address that is in the log: %s', async (_title, options, prefix, shown) => {
    const configure = (app: { setGlobalPrefix(prefix: string): unknown }): void => {
      if (prefix !== undefined) {
        app.setGlobalPrefix(prefix);
      }
    };
    const { send, port } = await start(options, { configure });
    const path = `/${[...(prefix === undefined ? [] : [prefix]), options.path ?? '__cors'].join('/')}`;
    const headers = { Host: `<b>.localhost:1` };
    for (const more of [{}, ...(options.allowRemoteClients === true ? [{ headers }] : [])]) {
      const { status, body } = await send(path, more);
      expect(status).toBe(401);
      expect(body).toContain(`<code>CORS devtools: ${shown.replace('PORT', String(port))}</code>`);
      expect(body).not.toContain('<b>');
    }
  });

  it('URL with the token: exchange it for a cookie, once, and have the browser forget the URL', async () => {
    const application = await start();
    const url = logged(application);
    const first = await application.send(url);
    expect(first.status).toBe(303);
    expect(first.headers).toMatchObject({
      location: './__cors',
      'referrer-policy': 'no-referrer',
      'cache-control': expect.stringContaining('no-store'),
    });
    expect(cookieOf(first)).toMatch(
      new RegExp(`^nestjs-cors-devtools-${application.port}=[\\w-]{43}; Path=/__cors; HttpOnly; SameSite=Strict$`),
    );
    expect(first.body).toBe('');

    const second = await application.send(url);
    expect([second.status, cookieOf(second)]).toEqual([401, '']);

    const headers = { Cookie: `other=1; ${pairOf(first)}; another=2` };
    expect((await application.send('/__cors', { headers })).status).toBe(200);
    expect((await application.send('/__cors/routes', { headers })).status).toBe(200);
    expect((await application.send(url, { headers })).status).toBe(303);
    expect((await application.send(url, { headers })).headers['set-cookie']).toBeUndefined();
  });

  it('keep the token for the one who opens the URL: no preview, proxy or other host name spends it', async () => {
    const application = await start();
    const url = logged(application);
    const preview = await application.send(url, { method: 'HEAD' });
    expect([preview.status, cookieOf(preview)]).toEqual([303, '']);
    expect((await application.send(url, { headers: { Host: 'rebound.example' } })).status).toBe(403);
    expect((await application.send(url, { headers: { 'X-Forwarded-For': '192.0.2.1' } })).status).toBe(403);
    expect((await application.send(url.replace(/.$/, ''))).status).toBe(401);
    expect((await application.send(`${url}A`)).status).toBe(401);
    expect((await application.send(url.replace('/__cors', '/__cors/routes'))).status).toBe(401);
    expect(cookieOf(await application.send(url))).not.toBe('');
  });

  it('url(): make further URLs, each of which opens the page in one more browser', async () => {
    const application = await start();
    const devtools = application.app.get(CorsDevtools, { strict: false });
    const urls = [devtools.url(), devtools.url('http://dev.localhost:1/')];
    expect(urls[0]).toMatch(new RegExp(`^http://localhost:${application.port}/__cors\\?token=`));
    expect(urls[1]).toMatch(/^http:\/\/dev\.localhost:1\/__cors\?token=/);
    for (const url of urls) {
      const { pathname, search } = new URL(url);
      expect((await application.send(pathname + search)).status).toBe(303);
    }
    Array.from({ length: 16 }, () => devtools.url());
    expect((await application.send(logged(application))).status).toBe(401);
  });

  it('two applications on one host name, whose cookies a browser sends to both: are told apart', async () => {
    const [one, two] = [await start(), await start()];
    const cookies = [pairOf(await one.send(logged(one))), pairOf(await two.send(logged(two)))];
    for (const { send } of [one, two]) {
      expect((await send('/__cors/routes', { headers: { Cookie: cookies.join('; ') } })).status).toBe(200);
    }
    const names = cookies.map((pair) => pair.split('=', 1)[0]);
    expect(new Set(names).size).toBe(2);
    const swapped = `${names[0]}=${cookies[1]?.split('=')[1]}`;
    expect((await one.send('/__cors/routes', { headers: { Cookie: swapped } })).status).toBe(401);
    // A port that is mapped: the browser asks for another one than the application listens on.
    const mapped = await one.send(
      new URL(one.app.get(CorsDevtools, { strict: false }).url()).href.replace(/^.*?(?=\/__)/, ''),
      {
        headers: { Host: 'localhost:8080' },
      },
    );
    expect(cookieOf(mapped)).toMatch(new RegExp(`^nestjs-cors-devtools-${one.port}-8080=`));
  });

  it('global prefix, versions, another path and a slash: are found', async () => {
    const application = await start(
      { path: '/dev/cors' },
      {
        configure: (app) =>
          app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
      },
    );
    const url = logged(application);
    expect(url).toMatch(/^\/api\/dev\/cors\?token=/);
    const opened = await application.send(url);
    expect(opened.headers.location).toBe('./cors');
    expect(cookieOf(opened)).toContain('; Path=/api/dev/cors;');
    if (platform === 'express') {
      const slashed = await application.send('/api/dev/cors/', { headers: { Cookie: pairOf(opened) } });
      expect(slashed.body).toContain('src="./assets/main.js"');
    }
  });

  it('browser without a session, or no longer with one: show it the page, with what to do', async () => {
    const { send } = await start();
    const { headers, body } = await send('/__cors');
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'referrer-policy': 'strict-origin' });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]{44}'; /);
    expect(body).toContain('<a href="./__cors">Open the page</a>');
    expect(body).not.toContain('{{');
  });

  it('sending page, on another host name: open it with the ticket of the page alone', async () => {
    const application = await start();
    const { send, port } = application;
    const Cookie = pairOf(await send(logged(application)));
    const [, ticket = ''] =
      /data-ticket="([\w-]{43})"/.exec((await send('/__cors', { headers: { Cookie } })).body) ?? [];
    const query = `page=${encodeURIComponent(`http://localhost:${port}`)}&ticket=${ticket}`;
    const headers = { Host: `sender.localhost:${port}` };
    const sender = await send(`/__cors/sender?${query}`, { headers });
    expect(sender.status).toBe(200);
    const [, script = ''] = /src="\.(\/sender\.js\?[^"]+)"/.exec(sender.body) ?? [];
    expect((await send(`/__cors${script}`, { headers })).body).toContain('addEventListener');
    for (const path of ['', '/routes', '/audit', '/explanation', '/events', '/assets/main.js']) {
      expect((await send(`/__cors${path}?${query}`, { headers })).status).toBe(401);
    }
    expect((await send(`/__cors/sender?${query}x`, { headers })).status).toBe(401);
  });

  describe('with a token of the options', () => {
    const FORM = 'application/x-www-form-urlencoded';
    const post = (body: string, headers: Record<string, string> = {}) => ({
      method: 'POST',
      headers: { 'Content-Type': FORM, ...headers },
      body,
    });

    it('browsers and programs: take it any number of times, and log it nowhere', async () => {
      const [one, two] = [await start({ token: FIXED }), await start({ token: FIXED })];
      const headers = { Authorization: `Bearer ${FIXED}` };
      expect((await one.send('/__cors/routes', { headers })).status).toBe(200);
      expect((await one.send('/__cors/routes', { headers: { Authorization: `Bearer ${FIXED}x` } })).status).toBe(401);
      const opened = await one.send('/__cors', post(`token=${FIXED}`));
      expect([opened.status, (await one.send('/__cors', post(`token=${FIXED}`))).status]).toEqual([303, 303]);
      expect(opened.headers).toMatchObject({
        location: './__cors',
        'cache-control': expect.stringContaining('no-store'),
      });
      expect(cookieOf(opened)).toMatch(/; Path=\/__cors; HttpOnly; SameSite=Strict$/);
      // Workers behind one port: what one of them has given, the other knows.
      const host = { Host: `localhost:${one.port}` };
      const value = pairOf(opened).split('=')[1];
      const Cookie = `nestjs-cors-devtools-${two.port}-${one.port}=${value}`;
      expect((await two.send('/__cors/routes', { headers: { ...host, Cookie } })).status).toBe(200);
      expect([...one.lines, ...two.lines].join('\n')).not.toContain(FIXED);
    });

    it('token in a URL, which access logs store: refuse it, and log a URL that works once', async () => {
      const application = await start({ token: FIXED });
      const { send } = application;
      for (const method of ['GET', 'HEAD']) {
        const { status, headers } = await send(`/__cors?token=${FIXED}`, { method });
        expect([method, status, headers['set-cookie']]).toEqual([method, 401, undefined]);
      }
      for (const path of ['/routes', '/sender', '/events']) {
        expect((await send(`/__cors${path}?token=${FIXED}&ticket=${FIXED}`)).status).toBe(401);
      }
      expect((await send(`/__cors?token=${FIXED}`, post(''))).status).toBe(401);
      const url = logged(application);
      expect(url).toMatch(/^\/__cors\?token=[\w-]{43}$/);
      expect([(await send(url)).status, (await send(url)).status]).toEqual([303, 401]);
    });

    it('locked page: have a form for it, and none without such a token', async () => {
      const { headers, body } = await (await start({ token: FIXED })).send('/__cors');
      expect(body).toMatch(
        /<form method="post" action="\.\/__cors" [^>]*>[^]*<input [^>]*name="token" type="password"/,
      );
      expect(body).not.toMatch(/\{\{|role="alert"/);
      expect(headers['content-security-policy']).toContain("form-action 'self'");
      // With no-referrer, browsers post the form with `Origin: null`.
      expect(headers['referrer-policy']).toBe('strict-origin');
      const without = await (await start()).send('/__cors');
      expect(without.body).not.toContain('<form');
      expect(without.headers['content-security-policy']).toContain("form-action 'none'");
    });

    it.each([
      ['a wrong token', `token=${FIXED}x`, 401],
      ['no token', 'other=1', 401],
      ['several tokens', `token=x&token=${FIXED}`, 401],
      ['nothing', '', 401],
      ['a long token', `token=${'a'.repeat(5000)}`, 413],
      ['a long body', `token=${FIXED}&more=${'a'.repeat(5000)}`, 413],
    ])('form with %s: refuse it', async (_, body, expected) => {
      const { send } = await start({ token: FIXED });
      for (const type of [FORM, 'text/plain']) {
        const answer = await send('/__cors', post(body, { 'Content-Type': type }));
        expect([type, answer.status, answer.headers['set-cookie']]).toEqual([type, expected, undefined]);
        expect(answer.headers['cache-control']).toContain('no-store');
      }
    });

    it('one-time token in the form, or no token in the options: refuse the form', async () => {
      const application = await start();
      const [, token = ''] = logged(application).split('token=');
      for (const value of [token, '', 'undefined']) {
        expect((await application.send('/__cors', post(`token=${value}`))).status).toBe(401);
      }
      expect((await application.send(logged(application))).status).toBe(303);
    });

    it('form of another page: refuse it', async () => {
      const { send, port } = await start({ token: FIXED });
      const own = `http://127.0.0.1:${port}`;
      for (const [headers, expected] of [
        [{ Origin: own }, 303],
        [{ Origin: own, 'Sec-Fetch-Site': 'same-origin' }, 303],
        [{ Origin: own, 'Sec-Fetch-Site': 'same-site' }, 403],
        [{ Origin: own, 'Sec-Fetch-Site': 'cross-site' }, 403],
        [{ Origin: 'https://stranger.example' }, 403],
        [{ Origin: 'null' }, 403],
        [{ Origin: `http://127.0.0.1:${port + 1}` }, 403],
        [{ Host: 'rebound.example' }, 403],
        [{ 'X-Forwarded-For': '192.0.2.1' }, 403],
      ] as [Record<string, string>, number][]) {
        const answer = await send('/__cors', post(`token=${FIXED}`, headers));
        expect([headers, answer.status]).toEqual([headers, expected]);
        expect(cookieOf(answer) !== '').toBe(expected === 303);
      }
    });

    it.each([
      ['parsers of its own', {}, FORM],
      ['parsers of its own', {}, 'text/plain'],
      ['no body parser', { bodyParser: false }, 'text/plain'],
      ['raw bodies', { rawBody: true }, FORM],
      ['raw bodies', { rawBody: true }, 'text/plain'],
    ])('application with %s, %j, and a form sent as %s: take it', async (_, options, type) => {
      const { send } = await start({ token: FIXED }, { options });
      const signIn = (body: string) => send('/__cors', post(body, { 'Content-Type': type }));
      expect((await signIn(`token=${FIXED}\r\n`)).status).toBe(303);
      expect((await signIn(`token=${FIXED}x\r\n`)).status).toBe(401);
      const chunked = { 'Content-Type': type, 'Transfer-Encoding': 'chunked' };
      expect((await send('/__cors', post(`token=${FIXED}`, chunked))).status).toBe(303);
      expect((await send('/__cors', post(`token=${'a'.repeat(9000)}`, chunked))).status).toBe(413);
    });

    if (platform === 'express') {
      it('body that is parsed into a string or octets: take the form', async () => {
        for (const type of ['text', 'raw']) {
          const { send } = await start(
            { token: FIXED },
            {
              configure: (app) =>
                (app as NestExpressApplication).useBodyParser(type as 'text', { type: 'text/plain' } as never),
            },
          );
          const body = post(`token=${FIXED}\r\n`, { 'Content-Type': 'text/plain' });
          expect([type, (await send('/__cors', body)).status]).toEqual([type, 303]);
        }
      });
    } else {
      it("framework's log of requests: does not have it", async () => {
        const lines: string[] = [];
        const stream = { write: (line: string) => lines.push(line) };
        const { send } = await start({ token: FIXED }, { adapterOptions: { logger: { level: 'trace', stream } } });
        expect((await send('/__cors', post(`token=${FIXED}`))).status).toBe(303);
        await send('/__cors/routes', { headers: { Authorization: `Bearer ${FIXED}` } });
        expect(lines.join('')).toContain('"method":"POST"');
        expect(lines.join('')).not.toContain(FIXED);
      });
    }
  });

  it('any request after boot: log no token', async () => {
    const application = await start();
    const url = logged(application);
    const token = url.split('=')[1] ?? '';
    await application.from('https://stranger.example', url);
    await application.preflight('https://stranger.example', 'PUT', url);
    await application.send(url);
    await application.send(url);
    expect(application.lines.filter((line) => line.includes(token))).toHaveLength(1);
  });

  it('url() before the application listens: fails, unless it is given the origin', async () => {
    const app = await createApplication(platform, 'NestFactory', { imports: [CorsDevtoolsModule.forRoot()] });
    await app.init();
    const devtools = app.get(CorsDevtools, { strict: false });
    expect(() => devtools.url()).toThrow(
      'Call url() after app.listen(), or pass the origin: url("http://localhost:3000").',
    );
    expect(devtools.url('http://localhost:3000')).toMatch(/^http:\/\/localhost:3000\/__cors\?token=/);
    await app.close();
  });
});

describe('the token of the options', () => {
  it.each([
    ['', 'a string of 0 characters'],
    ['short', 'a string of 5 characters'],
    [`${'a'.repeat(32)}&`, 'a string of 33 characters'],
    [null, 'null'],
    [42, 'a number'],
    [false, 'a boolean'],
  ])('%j: keeps the module from being imported', (token, got) => {
    expect(() => CorsDevtoolsModule.forRoot({ token: token as string })).toThrow(
      `CorsDevtoolsModule.forRoot(): \`token\` must be at least 32 letters, digits, "-", "_", "." or "~"; got ${got}. ` +
        'Make one with: openssl rand -hex 32. Leave it out for URLs that work once.',
    );
  });
});
