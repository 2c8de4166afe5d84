import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Get, Put, type Type } from '@nestjs/common';
import { CorsPolicy, type CorsPolicyOptions, type OriginLookup } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, startApplication } from '../support/application.js';
import { type ReceivedHead, responseHeads } from '../support/http-client.js';

const DEFAULT = 'https://default.example';
const LISTED = 'https://listed.example';
const BELOW = 'https://app.listed.example';
const STRANGER = 'https://stranger.example';

const KIB = 1024;

/** Every origin that application code was asked about. */
const asked: string[] = [];

const lookup: OriginLookup = {
  async isOriginAllowed(origin) {
    asked.push(origin);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return origin === LISTED;
  },
};

interface Policy {
  readonly options: CorsPolicyOptions;
  /** An origin that it allows. */
  readonly allowed: string;
}

/** Policies that allow one origin, or a few around it, each in its own way. */
const SELECTIVE: Readonly<Record<string, Policy>> = {
  list: { allowed: LISTED, options: { origin: [LISTED, 'https://second.example:8443'] } },
  pattern: { allowed: BELOW, options: { origin: 'https://*.listed.example' } },
  regexp: { allowed: BELOW, options: { origin: /^https:\/\/[a-z]+\.listed\.example$/ } },
  function: {
    allowed: LISTED,
    options: { origin: (origin) => asked.push(origin) > 0 && origin === LISTED },
  },
  lookup: { allowed: LISTED, options: { originLookup: lookup } },
  'credentialed-list': { allowed: LISTED, options: { origin: [LISTED], credentials: true, rejectDisallowed: false } },
};

/** Policies that allow every origin there is. What is no origin gets nothing from them, unless they are a constant. */
const PERMISSIVE: Readonly<Record<string, Policy>> = {
  star: { allowed: STRANGER, options: { origin: '*' } },
  'any-regexp': { allowed: STRANGER, options: { origin: /^.*$/s, dangerouslyAllow: ['wide-regexp'] } },
  'yes-function': { allowed: STRANGER, options: { origin: (origin) => asked.push(origin) > 0 } },
};

function controllerWith(path: string, policy: CorsPolicyOptions): Type {
  @Controller(path)
  @CorsPolicy(policy)
  class PolicyController {
    @Get()
    read() {
      return `read ${path}`;
    }

    @Put()
    replace() {
      return `replaced ${path}`;
    }
  }
  return PolicyController;
}

@Controller('everything')
@CorsPolicy({ origin: [LISTED] })
class EverythingController {
  @All()
  everything() {
    return 'everything';
  }
}

@Controller('strict')
@CorsPolicy({ origin: [LISTED], allowedHeaders: ['x-one', 'x-two'] })
class StrictController {
  @Get()
  read() {
    return 'read strict';
  }
}

@Controller('parameters')
@CorsPolicy({ origin: [LISTED] })
class ParametersController {
  @Get(':id')
  read() {
    return 'read parameters';
  }
}

const CONTROLLERS = [
  ...Object.entries({ ...SELECTIVE, ...PERMISSIVE }).map(([path, { options }]) => controllerWith(path, options)),
  EverythingController,
  StrictController,
  ParametersController,
];

/** Values that are no serialized origin, made from one that is allowed. As they are sent: one character per byte. */
function malformedOrigins(allowed: string): Record<string, string> {
  const host = allowed.slice('https://'.length);
  return {
    'an empty value': '',
    'a trailing slash': `${allowed}/`,
    'a path': `${allowed}/path`,
    'a query': `${allowed}?`,
    'a fragment': `${allowed}#`,
    'a backslash': `${allowed}\\`,
    'upper case': allowed.toUpperCase(),
    'an upper-case scheme': `HTTPS://${host}`,
    'an upper-case letter': `https://L${host.slice(1)}`,
    'the default port': `${allowed}:443`,
    'a port with a leading zero': `${allowed}:0443`,
    'a port that is none': `${allowed}:99999`,
    'an empty port': `${allowed}:`,
    userinfo: `https://user:password@${host}`,
    'empty userinfo': `https://@${host}`,
    'the allowed host as userinfo': `${allowed}@stranger.example`,
    'no scheme': host,
    'no scheme, but slashes': `//${host}`,
    'one slash': `https:/${host}`,
    'an opaque scheme': 'file://',
    'a scheme alone': 'https://',
    'a star': '*',
    'a star for a host': 'https://*',
    'a pattern': 'https://*.listed.example',
    'two origins, a space between': `${allowed} ${allowed}`,
    'two origins, a comma between': `${allowed}, ${allowed}`,
    'two origins, nothing else between': `${allowed},${allowed}`,
    'a list that begins with null': `null, ${allowed}`,
    'an allowed origin behind a stranger': `${STRANGER},${allowed}`,
    'a tab': `${allowed}\t.example`,
    'obs-text behind': `${allowed}\x80\xff`,
    'obs-text inside': `https://l\xefsted.example`,
    'the UTF-8 bytes of a Unicode host': `https://b\xc3\xbccher.listed.example`,
    'Punycode that is none': 'https://xn--a.listed.example',
    'Punycode in upper case': 'https://XN--BCHER-KVA.listed.example',
    'encoded line breaks': `${allowed}%0d%0aX-Injected: 1`,
    'a line break written out': `${allowed}\\r\\nX-Injected: 1`,
    'two dots in a row': `https://app..${host}`,
    'a leading dot': `https://.${host}`,
    'a label of 64 letters': `https://${'a'.repeat(64)}.${host}`,
    'an address that is not canonical': 'https://127.1',
    '12 KiB of one host name': `https://${'a'.repeat(12 * KIB)}.${host}`,
    '12 KiB of labels': `https://${'a.'.repeat(6 * KIB)}${host}`,
    '12 KiB of digits': `${allowed}:${'1'.repeat(12 * KIB)}`,
    '12 KiB of commas': `${allowed}${','.repeat(12 * KIB)}`,
    'a name of Object.prototype': '__proto__',
    'another name of Object.prototype': 'constructor',
    markup: '<script>alert(1)</script>',
  };
}

/** Control characters: Node.js refuses the request, or they make the origin malformed. */
const CONTROL_CHARACTERS = ['\x00', '\x01', '\x0b', '\x0c', '\x1f', '\x7f', '\n', '\r', '\nX-Injected: 1', '\r\n '];

/** Serialized origins that are others than the allowed one. */
function foreignOrigins(allowed: string): Record<string, string> {
  const host = allowed.slice('https://'.length);
  return {
    'a stranger': STRANGER,
    'another scheme': `http://${host}`,
    'another port': `${allowed}:8443`,
    'the port of another scheme': `${allowed}:80`,
    'a trailing dot': `${allowed}.`,
    'a longer name': `${allowed}.stranger.example`,
    'a longer label': `https://evil${host.replace('.', '-')}`,
    'a name that ends alike': 'https://notlisted.example',
    'a look-alike in Punycode': 'https://xn--lsted-qua.example',
    'an address': 'https://127.0.0.1',
    'an IPv6 address': 'https://[::1]',
    'an unknown scheme': `chrome-extension://${host}`,
  };
}

function rawRequest(method: string, target: string, lines: readonly string[], version = '1.1'): string {
  return [`${method} ${target} HTTP/${version}`, 'Host: localhost', ...lines, '', ''].join('\r\n');
}

/** What a page of an allowed origin sends next: it has to be served, whatever came before. */
const NEXT_REQUEST = rawRequest('GET', '/list', [`Origin: ${LISTED}`, 'Connection: close']);

function corsOf({ headers }: ReceivedHead): Record<string, string> {
  return Object.fromEntries(headers.filter(([name]) => name.startsWith('access-control-')));
}

function headerOf({ headers }: ReceivedHead, wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1];
}

/** Every header that these applications send. Any other came out of a request. */
const KNOWN_HEADERS: ReadonlySet<string> = new Set([
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'connection',
  'content-length',
  'content-type',
  'date',
  'etag',
  'keep-alive',
  'transfer-encoding',
  'vary',
  'x-powered-by',
]);

function expectNothingInjected({ headers }: ReceivedHead): void {
  for (const [name, value] of headers) {
    expect(KNOWN_HEADERS).toContain(name);
    expect(value).toMatch(/^[\x20-\x7e]*$/);
  }
}

describe.each(PLATFORMS)('hostile requests on %s', (platform) => {
  let application: RunningApplication;
  /** The same application without CORS. */
  let plain: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers: CONTROLLERS,
      cors: { origin: [DEFAULT], cache: false },
    });
    plain = await startApplication(platform, 'NestFactory', { controllers: CONTROLLERS, cors: false });
  });

  afterAll(async () => {
    expect(application.logger.errors).toEqual([]);
    await application.close();
    await plain.close();
  });

  /** Sends requests in one go, and checks that the connection and the application are there for the next one. */
  async function exchange(...requests: readonly [string, ...string[]]): Promise<[ReceivedHead, ...ReceivedHead[]]> {
    const heads = responseHeads(await application.sendRaw([...requests, NEXT_REQUEST].join('')));
    expect(heads).toHaveLength(requests.length + 1);
    heads.forEach(expectNothingInjected);
    const next = heads.pop() as ReceivedHead;
    expect(next.status).toBe(200);
    expect(corsOf(next)).toEqual({ 'access-control-allow-origin': LISTED });
    return heads as [ReceivedHead, ...ReceivedHead[]];
  }

  /** Sends a request that may well end the connection, then checks that the application is there for the next one. */
  async function exchangeAlone(request: string): Promise<ReceivedHead> {
    const heads = responseHeads(await application.sendRaw(request));
    expect(heads).toHaveLength(1);
    heads.forEach(expectNothingInjected);
    await exchange(NEXT_REQUEST.replace('Connection: close\r\n', ''));
    return heads[0] as ReceivedHead;
  }

  const actualRequest = (path: string, ...lines: string[]) => rawRequest('GET', path, lines);

  const preflightRequest = (path: string, ...lines: string[]) =>
    rawRequest('OPTIONS', path, [
      ...(lines.some((line) => line.startsWith('Access-Control-Request-Method'))
        ? []
        : ['Access-Control-Request-Method: GET']),
      ...lines,
    ]);

  const actual = async (path: string, ...lines: string[]) => (await exchange(actualRequest(path, ...lines)))[0];
  const preflight = async (path: string, ...lines: string[]) => (await exchange(preflightRequest(path, ...lines)))[0];

  async function expectRefusal(path: string, ...lines: string[]): Promise<void> {
    const [answer, preflighted] = await exchange(actualRequest(path, ...lines), preflightRequest(path, ...lines));
    expect(answer.status).toBe(200);
    expect(corsOf(answer)).toEqual({});
    expect(headerOf(answer, 'vary')).toContain('Origin');
    expectRefused(preflighted as ReceivedHead);
  }

  function expectRefused(answer: ReceivedHead): void {
    expect(answer.status).toBe(403);
    expect(corsOf(answer)).toEqual({});
    expect(headerOf(answer, 'vary')).toBe('Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
  }

  describe.each(Object.entries(SELECTIVE))('under the %s policy', (path, { allowed, options }) => {
    it('allowed origin: is allowed', async () => {
      const answer = await actual(`/${path}`, `Origin: ${allowed}`);
      expect(headerOf(answer, 'access-control-allow-origin')).toBe(allowed);
      expect((await preflight(`/${path}`, `Origin: ${allowed}`)).status).toBe(204);
    });

    it('spaces and tabs around the origin: are ignored, because they are no part of the value', async () => {
      const answer = await preflight(`/${path}`, `Origin: \t ${allowed} \t`);
      expect(corsOf(answer)['access-control-allow-origin']).toBe(allowed);
    });

    it.each(Object.entries(malformedOrigins(allowed)))(
      'Origin that is not serialized: is refused: %s',
      async (_, origin) => {
        asked.length = 0;
        await expectRefusal(`/${path}`, `Origin: ${origin}`);
        expect(asked).toEqual([]);
      },
    );

    it.each(Object.entries(foreignOrigins(allowed)))('another origin: is refused: %s', async (_, origin) => {
      await expectRefusal(`/${path}`, `Origin: ${origin}`);
    });

    it('null: is refused without a lookup call', async () => {
      asked.length = 0;
      await expectRefusal(`/${path}`, 'Origin: null');
      expect(asked).toEqual([]);
    });

    it('several Origin headers: are refused, whatever their values', async () => {
      for (const second of [allowed, STRANGER, '', 'null']) {
        await expectRefusal(`/${path}`, `Origin: ${allowed}`, `Origin: ${second}`);
        await expectRefusal(`/${path}`, `Origin: ${second}`, `origin: ${allowed}`);
      }
    });

    it('credentials: are allowed for the allowed origin only', async () => {
      const answer = await actual(`/${path}`, `Origin: ${STRANGER}`, 'Cookie: session=1');
      expect(corsOf(answer)).toEqual({});
      const granted = await actual(`/${path}`, `Origin: ${allowed}`, 'Cookie: session=1');
      expect(headerOf(granted, 'access-control-allow-credentials')).toBe(options.credentials ? 'true' : undefined);
    });
  });

  describe.each(Object.entries(PERMISSIVE))('under the %s policy', (path, { options }) => {
    const constant: Record<string, string> = options.origin === '*' ? { 'access-control-allow-origin': '*' } : {};

    it.each(Object.entries(malformedOrigins(LISTED)))(
      'Origin that is not serialized: gets a constant at most: %s',
      async (_, origin) => {
        asked.length = 0;
        const answer = await actual(`/${path}`, `Origin: ${origin}`);
        expect(answer.status).toBe(200);
        expect(corsOf(answer)).toEqual(constant);
        const preflighted = await preflight(`/${path}`, `Origin: ${origin}`);
        if (options.origin === '*') {
          expect(preflighted.status).toBe(204);
          expect(corsOf(preflighted)).toEqual({ ...constant, 'access-control-allow-methods': 'GET' });
        } else {
          expectRefused(preflighted);
        }
        expect(asked).toEqual([]);
      },
    );

    it.each(Object.entries(foreignOrigins(LISTED)))('any origin: is allowed as it was sent: %s', async (_, origin) => {
      const answer = await actual(`/${path}`, `Origin: ${origin}`);
      expect(corsOf(answer)).toEqual({ 'access-control-allow-origin': options.origin === '*' ? '*' : origin });
      expect((await preflight(`/${path}`, `Origin: ${origin}`)).status).toBe(204);
    });

    it('null: is allowed under * only', async () => {
      asked.length = 0;
      expect(corsOf(await actual(`/${path}`, 'Origin: null'))).toEqual(constant);
      expect((await preflight(`/${path}`, 'Origin: null')).status).toBe(options.origin === '*' ? 204 : 403);
      expect(asked).toEqual([]);
    });
  });

  it.each(CONTROL_CHARACTERS)('origin with the control character %j: gets no grant', async (character) => {
    for (const path of ['list', 'regexp', 'lookup', 'any-regexp', 'yes-function', 'nowhere']) {
      const { allowed } = SELECTIVE[path] ?? { allowed: LISTED };
      for (const origin of [`${allowed}${character}.`, `${character}${allowed}/`, `https://a${character}b.example`]) {
        for (const request of [
          actualRequest(`/${path}`, `Origin: ${origin}`, 'Connection: close'),
          preflightRequest(`/${path}`, `Origin: ${origin}`, 'Connection: close'),
        ]) {
          const answer = await exchangeAlone(request);
          expect([200, 400, 403, 404]).toContain(answer.status);
          expect(corsOf(answer)).toEqual({});
        }
      }
    }
  });

  it.each([16, 64, 256])('Origin of %i KiB, which Node.js refuses: the server goes on serving', async (kib) => {
    for (const method of ['GET', 'OPTIONS']) {
      const lines = [`Origin: https://${'a'.repeat(kib * KIB)}`, 'Access-Control-Request-Method: GET'];
      // The server may close the connection before all of it was sent: then there is no answer to read.
      const received = await application
        .sendRaw(rawRequest(method, '/list', [...lines, 'Connection: close']))
        .catch(() => '');
      expect(responseHeads(received).map(({ status }) => status)).toEqual(received === '' ? [] : [431]);
      expect(received).not.toMatch(/access-control-/i);
      expect((await actual('/list')).status).toBe(200);
    }
  });

  describe('Access-Control-Request-Method', () => {
    const PATHS = ['/list', '/everything', '/nowhere'];
    const originFor = (path: string) => (path === '/nowhere' ? DEFAULT : LISTED);

    it.each([
      ['empty', ['']],
      ['blank', [' \t ']],
      ['two tokens', ['GET PUT']],
      ['a list', ['GET, PUT']],
      ['a list of one', ['GET,']],
      ['two lines', ['GET', 'PUT']],
      ['two equal lines', ['GET', 'GET']],
      ['an empty line and a good one', ['', 'GET']],
      ['a quoted string', ['"GET"']],
      ['a path', ['GET /list']],
      ['obs-text', ['GET\xff']],
      ['a colon', ['GET: PUT']],
      ['encoded line breaks', ['GET%0d%0aX-Injected: 1']],
      ['CONNECT', ['CONNECT']],
      ['TRACE', ['TRACE']],
      ['TRACK', ['TRACK']],
      ['10 KiB of one token', ['A'.repeat(10 * KIB)]],
      ['10 KiB of commas', [','.repeat(10 * KIB)]],
    ])('value that is no method: is refused: %s', async (_, values) => {
      for (const path of PATHS) {
        const lines = values.map((value) => `Access-Control-Request-Method: ${value}`);
        expectRefused(await preflight(path, `Origin: ${originFor(path)}`, ...lines));
      }
    });

    it.each(['put', 'Put', 'get', 'connect', 'constructor', '__proto__', '*', 'PATCH', 'GETT'])(
      '%s, in another case than GET and PUT: is refused, because methods are compared byte for byte',
      async (method) => {
        expectRefused(await preflight('/list', `Origin: ${LISTED}`, `Access-Control-Request-Method: ${method}`));
      },
    );

    it('allowed method: is granted as it was sent, and nothing else', async () => {
      for (const path of PATHS) {
        const answer = await preflight(path, `Origin: ${originFor(path)}`, 'Access-Control-Request-Method: PUT');
        expect(answer.status).toBe(204);
        expect(headerOf(answer, 'access-control-allow-methods')).toBe('PUT');
      }
    });
  });

  describe('Access-Control-Request-Headers', () => {
    const request = (path: string, values: readonly string[]) =>
      preflight(path, `Origin: ${LISTED}`, ...values.map((value) => `Access-Control-Request-Headers: ${value}`));

    it.each([
      ['10 KiB of one name', ['x'.repeat(10 * KIB)]],
      ['10 KiB of names', ['x-one,'.repeat((10 * KIB) / 6)]],
      ['thousands of commas', [','.repeat(5000)]],
      ['thousands of spaces', [`x-one,${' '.repeat(10 * KIB)},x-two`]],
      ['a name with a space', ['x one']],
      ['a name with a tab', ['x\tone']],
      ['names without commas', ['x-one x-two']],
      ['semicolons', ['x-one;x-two']],
      ['a colon', ['x-one: 1']],
      ['a quoted name', ['"x-one"']],
      ['obs-text', ['x-\xf6ne']],
      ['markup', ['<x-one>']],
      ['encoded line breaks and their colon', ['x-one%0d%0aX-Injected: 1']],
      ['one bad name in several lines', ['x-one', 'x two', 'x-three']],
    ])('value that is no list of names: is refused: %s', async (_, values) => {
      for (const path of ['/list', '/strict']) {
        const answer = await request(path, values);
        expect(answer.status).toBe(403);
        expect(corsOf(answer)).toEqual({});
      }
    });

    it.each([
      ['a name that is not allowed', ['x-other']],
      ['a star', ['*']],
      ['a name of Object.prototype', ['__proto__']],
      ['an allowed name and another', ['x-one,authorization']],
      ['an allowed name in another line', ['x-one', 'x-other']],
      ['a prefix of an allowed name', ['x-on']],
    ])("name outside the policy's list: is refused: %s", async (_, values) => {
      const answer = await request('/strict', values);
      expect(answer.status).toBe(403);
      expect(corsOf(answer)).toEqual({});
    });

    it.each([
      ['empty', [''], undefined],
      ['blank', [' \t'], undefined],
      ['empty elements alone', [',,, ,\t,'], undefined],
      ['one name', ['x-one'], 'x-one'],
      ['upper case', ['X-ONE,X-Two'], 'x-one,x-two'],
      ['spaces and tabs', ['  x-one \t,\t x-two  '], 'x-one,x-two'],
      ['empty elements', [',x-one,, ,x-two,'], 'x-one,x-two'],
      ['several lines', ['x-one', 'X-Two'], 'x-one,x-two'],
      ['an empty line among others', ['x-one', '', 'x-two'], 'x-one,x-two'],
    ])('list in another form: is read as the standard reads it: %s', async (_, values, echoed) => {
      for (const path of ['/list', '/strict']) {
        const answer = await request(path, values);
        expect(answer.status).toBe(204);
        expect(headerOf(answer, 'access-control-allow-headers')).toBe(echoed);
      }
    });
  });

  describe('a request target', () => {
    const TARGETS = [
      '*',
      '/',
      '//',
      '///',
      '//list',
      '//stranger.example/list',
      '/..',
      '/../list',
      '/./list',
      '/list/..',
      '/list/../star',
      '/%',
      '/%zz',
      '/%2',
      '/%2f',
      '/%2flist',
      '/list%2f',
      '/list%2F..',
      '/%6cist',
      '/list%00',
      '/list%0d%0aX-Injected:%201',
      '/list/',
      '/list//',
      '/LIST',
      '/list;a=b',
      '/list?',
      '/list?/star',
      '/list?%zz',
      '/list#/star',
      '/list\\',
      '/list|',
      '/parameters/%',
      '/parameters/%zz',
      '/parameters/%ff',
      '/parameters/%2f',
      '/parameters/..',
      '/parameters/',
      '/parameters//',
      `/parameters/${'a'.repeat(12 * KIB)}`,
      `/${'/'.repeat(12 * KIB)}`,
      `/${'%2f'.repeat(4 * KIB)}`,
      'http://localhost/list',
      'http://stranger.example/list',
      'https://user@localhost:1/list',
      'http://localhost',
      'http://[::1]/list',
      'HTTP://LOCALHOST/list',
      'ftp://localhost/list',
      '/__proto__',
      '/constructor',
      '/list\xff',
    ];

    const named = TARGETS.map((target) => [target.length > 60 ? `${target.slice(0, 20)}…` : target, target] as const);

    /** The only origin that the policy of what answered allows. */
    function allowedBy(received: string): string {
      // Express answers 400 in the place of the route whose parameter it cannot decode.
      return /read (?:list|parameters)|Failed to decode param/.test(received) ? LISTED : DEFAULT;
    }

    it.each(named)('%s: has the status that it has without CORS, and the policy of what answers', async (_, target) => {
      const withoutCors = await plain.sendRaw(rawRequest('GET', target, [`Origin: ${LISTED}`, 'Connection: close']));
      const { status } = responseHeads(withoutCors)[0] as ReceivedHead;
      expect(status).toBeLessThan(500);
      for (const origin of [LISTED, DEFAULT, STRANGER]) {
        const received = await application.sendRaw(actualRequest(target, `Origin: ${origin}`, 'Connection: close'));
        const answer = responseHeads(received)[0] as ReceivedHead;
        expectNothingInjected(answer);
        expect(answer.status).toBe(status);
        const granted = headerOf(answer, 'access-control-allow-origin');
        if (origin !== allowedBy(received)) {
          expect(granted).toBeUndefined();
        } else if (status !== 400 && status !== 414) {
          // Those two come from Node.js, and from Fastify before any hook: they carry no header of anybody's.
          expect(granted).toBe(origin);
        }
      }
    });

    it.each(named)('%s: a preflight gets a response, and an origin that is not allowed no grant', async (_, target) => {
      for (const origin of [LISTED, DEFAULT, STRANGER]) {
        const answer = await exchangeAlone(preflightRequest(target, `Origin: ${origin}`, 'Connection: close'));
        const granted = headerOf(answer, 'access-control-allow-origin');
        expect(granted === undefined ? [400, 403, 404, 414] : [204]).toContain(answer.status);
        expect(origin === STRANGER ? [undefined] : [undefined, origin]).toContain(granted);
      }
    });
  });

  describe('a connection', () => {
    it('pipelined requests: get every response, in order, each for its own origin', async () => {
      const answers = await exchange(
        preflightRequest('/lookup', `Origin: ${LISTED}`),
        preflightRequest('/list', `Origin: ${STRANGER}`),
        actualRequest('/lookup', `Origin: ${STRANGER}`),
        preflightRequest('/star', `Origin: ${STRANGER}`, 'Content-Length: 5') + 'hello',
        actualRequest('/list', `Origin: ${LISTED}`),
        preflightRequest('/list', `Origin: ${LISTED}`, 'Transfer-Encoding: chunked') + '5\r\nhello\r\n0\r\n\r\n',
        preflightRequest('/nowhere', `Origin: ${DEFAULT}/`),
        actualRequest('/nowhere', `Origin: ${DEFAULT}`),
      );
      expect(answers.map(({ status }) => status)).toEqual([204, 403, 200, 204, 200, 204, 403, 404]);
      expect(answers.map((answer) => headerOf(answer, 'access-control-allow-origin'))).toEqual([
        LISTED,
        undefined,
        undefined,
        '*',
        LISTED,
        LISTED,
        undefined,
        DEFAULT,
      ]);
    });

    it('HTTP/1.0, with or without Host: is served like any other', async () => {
      for (const hostLine of ['Host: localhost\r\n', 'Host:\r\n', '']) {
        for (const path of ['/list', '/lookup', '/function']) {
          const answer = await exchangeAlone(`GET ${path} HTTP/1.0\r\n${hostLine}Origin: ${LISTED}\r\n\r\n`);
          expect(answer.status).toBe(200);
          expect(headerOf(answer, 'access-control-allow-origin')).toBe(LISTED);
          const preflighted = await exchangeAlone(
            `OPTIONS ${path} HTTP/1.0\r\n${hostLine}Origin: ${LISTED}\r\nAccess-Control-Request-Method: PUT\r\n\r\n`,
          );
          expect(preflighted.status).toBe(204);
          expect(headerOf(preflighted, 'access-control-allow-origin')).toBe(LISTED);
        }
      }
    });

    it('hostile Host: gets a response or is refused, and never a grant to an origin that is not allowed', async () => {
      for (const host of ['', '[', ']', 'a b', '\xff', '%', 'localhost:99999999', ','.repeat(1000), STRANGER]) {
        for (const [method, path] of [
          ['GET', '/list'],
          ['OPTIONS', '/lookup'],
        ]) {
          const received = await application.sendRaw(
            `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nOrigin: ${STRANGER}\r\n` +
              'Access-Control-Request-Method: GET\r\n\r\n',
          );
          const answer = responseHeads(received)[0] as ReceivedHead;
          expect(answer.status).toBeLessThan(500);
          expect(corsOf(answer)).toEqual({});
        }
      }
    });

    it('client that goes away during a lookup call: leaves nothing behind', async () => {
      asked.length = 0;
      const request = preflightRequest('/lookup', `Origin: ${LISTED}`) + actualRequest('/lookup', `Origin: ${LISTED}`);
      await Promise.all(Array.from({ length: 20 }, () => abandon(application.port, request)));
      expect((await preflight('/lookup', `Origin: ${LISTED}`)).status).toBe(204);
      expect(asked.length).toBeGreaterThan(1);
    });
  });
});

/** Sends a request and goes away before it can be answered. */
function abandon(port: number, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, () => socket.resetAndDestroy()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}
