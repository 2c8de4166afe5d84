import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { CorsPolicy, type OriginList, type OriginLookup } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, startApplication } from '../support/application.js';
import { responseHeads } from '../support/http-client.js';

/** What apps, WebViews, extensions and frames send, as their documentation and bug reports have it. */
const TUPLES = [
  'capacitor://localhost',
  'ionic://localhost',
  'tauri://localhost',
  'http://tauri.localhost',
  'app://my-app',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  'moz-extension://4ed7f644-c3b5-4bf1-983f-2c8718f52222',
  'vscode-webview://0f7klr1q2m',
];
const NONSTANDARD = ['file://', 'app://.', 'app://', 'safari-web-extension://E1F0A2B8-0C3D-4E5F-8A9B-0C1D2E3F4A5B'];
const GARBAGE = [
  '',
  'https://a.example, https://b.example',
  'https://a.example/',
  'file:///',
  'x',
  'https://\xe9',
  '*',
];

const ROW = 'file://';
const asked: string[] = [];
const lookup: OriginLookup = { isOriginAllowed: (origin) => asked.push(origin) > 0 && origin === ROW };
const list: OriginList = {
  loadOrigins: () => [
    { id: 1, origin: ROW },
    { id: 2, origin: 'https://a.example' },
  ],
};
const TOLERANT = { dangerouslyAllow: ['nonstandard-origin'] } as const;

@Controller('any')
@CorsPolicy({ origin: '*' })
class AnyController {
  @Get()
  read() {
    return 'any';
  }
}

@Controller('listed')
@CorsPolicy({ origin: ['file://', 'app://.', 'https://a.example'], ...TOLERANT, credentials: true })
class ListedController {
  @Put()
  write() {
    return 'listed';
  }
}

@Controller('expression')
@CorsPolicy({
  origin: [/^(?:file:\/\/|app:\/\/\.?|null)$/, 'https://*.a.example'],
  dangerouslyAllow: ['nonstandard-origin'],
})
class ExpressionController {
  @Get()
  read() {
    return 'expression';
  }
}

@Controller('looked-up')
@CorsPolicy({ originLookup: lookup })
class LookupController {
  @Get()
  read() {
    return 'lookup';
  }

  @Get('tolerant')
  @CorsPolicy(TOLERANT)
  tolerant() {
    return 'lookup';
  }

  @Get('function')
  @CorsPolicy({ origin: (origin) => origin === ROW, ...TOLERANT })
  byFunction() {
    return 'function';
  }
}

@Controller('stored')
@CorsPolicy({ originLookup: list })
class ListController {
  @Get()
  read() {
    return 'list';
  }

  @Get('tolerant')
  @CorsPolicy(TOLERANT)
  tolerant() {
    return 'list';
  }
}

const CONTROLLERS = [AnyController, ListedController, ExpressionController, LookupController, ListController];

describe.each(PLATFORMS)('origins that clients send, on %s', (platform) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', { controllers: CONTROLLERS, cors: { cache: false } });
  });

  afterAll(async () => {
    await application.close();
  });

  async function send(method: string, path: string, origins: readonly string[]) {
    const lines = [
      `${method} ${path} HTTP/1.1`,
      'Host: localhost',
      'Connection: close',
      ...origins.map((origin) => `Origin: ${origin}`),
      ...(method === 'OPTIONS' ? ['Access-Control-Request-Method: GET'] : []),
    ];
    const [head] = responseHeads(await application.sendRaw([...lines, '', ''].join('\r\n')));
    const headers = new Map(head?.headers);
    return {
      status: head?.status,
      allowOrigin: headers.get('access-control-allow-origin'),
      credentials: headers.get('access-control-allow-credentials'),
    };
  }

  it.each([...TUPLES, ...NONSTANDARD, 'null', ...GARBAGE])(
    "policy with '*': are granted a preflight, and may read the response: %j",
    async (origin) => {
      const readable = { allowOrigin: '*', credentials: undefined };
      expect(await send('GET', '/any', [origin])).toEqual({ status: 200, ...readable });
      expect(await send('OPTIONS', '/any', [origin])).toEqual({ status: 204, ...readable });
    },
  );

  it("several Origin headers under '*': are granted", async () => {
    expect(await send('OPTIONS', '/any', ['file://', 'null'])).toMatchObject({ status: 204, allowOrigin: '*' });
    expect(await send('GET', '/any', ['file://', 'null'])).toMatchObject({ status: 200, allowOrigin: '*' });
  });

  it.each(['file://', 'app://.', 'https://a.example'])('listed origin %s: is allowed', async (origin) => {
    const granted = { allowOrigin: origin, credentials: 'true' };
    expect(await send('PUT', '/listed', [origin])).toEqual({ status: 200, ...granted });
    const preflight = await application.sendRaw(
      [
        'OPTIONS /listed HTTP/1.1',
        'Host: localhost',
        'Connection: close',
        `Origin: ${origin}`,
        'Access-Control-Request-Method: PUT',
        '',
        '',
      ].join('\r\n'),
    );
    expect(responseHeads(preflight)[0]?.status).toBe(204);
  });

  it.each([
    'file:///',
    'file://x',
    'FILE://',
    'app://',
    'app://..',
    'App://.',
    'app://.:80',
    'null',
    'file://, file://',
  ])('%s: is not the listed origin byte for byte, so it is refused', async (origin) => {
    expect(await send('PUT', '/listed', [origin])).toMatchObject({ allowOrigin: undefined });
    expect(await send('OPTIONS', '/listed', [origin])).toEqual({ status: 403 });
  });

  it.each([...NONSTANDARD, 'null'])('expression and pattern: never match %s', async (origin) => {
    expect(await send('GET', '/expression', [origin])).toMatchObject({ allowOrigin: undefined });
    expect(await send('OPTIONS', '/expression', [origin])).toMatchObject({ status: 403 });
  });

  it('nonstandard origins: reach a lookup only where `dangerouslyAllow` names them', async () => {
    asked.length = 0;
    expect(await send('GET', '/looked-up', [ROW])).toMatchObject({ allowOrigin: undefined });
    expect(await send('OPTIONS', '/looked-up', [ROW])).toMatchObject({ status: 403 });
    expect(asked).toEqual([]);
    expect(await send('GET', '/looked-up/tolerant', [ROW])).toMatchObject({ allowOrigin: ROW });
    expect(await send('OPTIONS', '/looked-up/tolerant', [ROW])).toMatchObject({ status: 204, allowOrigin: ROW });
    expect(await send('GET', '/looked-up/tolerant', ['app://.'])).toMatchObject({ allowOrigin: undefined });
    expect(asked).toEqual([ROW, ROW, 'app://.']);
    asked.length = 0;
    for (const garbage of [...GARBAGE, 'null']) {
      expect(await send('GET', '/looked-up/tolerant', [garbage])).toMatchObject({ allowOrigin: undefined });
    }
    expect(asked).toEqual([]);
    expect(await send('GET', '/looked-up/function', [ROW])).toMatchObject({ allowOrigin: ROW });
  });

  it('nonstandard origin in a row of a list: is allowed only where `dangerouslyAllow` names it', async () => {
    expect(await send('GET', '/stored', [ROW])).toMatchObject({ allowOrigin: undefined });
    expect(await send('OPTIONS', '/stored', [ROW])).toMatchObject({ status: 403 });
    expect(await send('GET', '/stored/tolerant', [ROW])).toMatchObject({ allowOrigin: ROW });
    expect(await send('OPTIONS', '/stored/tolerant', [ROW])).toMatchObject({ status: 204, allowOrigin: ROW });
  });
});

describe('configured origin that is not serialized', () => {
  it.each(['file://', 'app://.'])(
    'boot: is reported under a code of its own, unless `dangerouslyAllow` names it: %s',
    async (origin) => {
      await expect(
        startApplication('express', 'NestFactory', { controllers: [], cors: { origin } }),
      ).rejects.toMatchObject({
        problems: [{ code: 'nonstandard-origin', path: 'origin', value: origin }],
      });
    },
  );

  it('in a row, without `dangerouslyAllow` in any policy: is reported as skipped', async () => {
    const { logger, close } = await startApplication('express', 'NestFactory', {
      controllers: [],
      cors: { originLookup: list },
    });
    await close();
    expect(logger.warnings.join('\n')).toContain('nonstandard-origin');
  });
});
