import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Post,
  Put,
  VERSION_NEUTRAL,
  Version,
  VersioningType,
} from '@nestjs/common';
import { CorsPolicy, type OriginLookup, type CorsTenantRequest } from '../../lib/index.js';
import { PLATFORMS, type Platform, corsHeaders, startApplication } from '../support/application.js';
import { closedAfterEach } from '../support/closed-after-each.js';

const ONE = 'https://one.example';
const TWO = 'https://two.example';
const STRANGER = 'https://stranger.example';

const runs: string[] = [];

@Controller({ path: 'things', version: '1' })
@CorsPolicy({ origin: ONE, maxAge: 600 })
class ThingsV1 {
  @Get()
  list() {
    return 'list 1';
  }

  @Put()
  replace() {
    runs.push('replace 1');
    return 'replaced 1';
  }
}

@Controller({ path: 'things', version: '2' })
@CorsPolicy({ origin: TWO, credentials: true, maxAge: 60 })
class ThingsV2 {
  @Get()
  list() {
    return 'list 2';
  }

  @Put()
  replace() {
    runs.push('replace 2');
    return 'replaced 2';
  }

  @Version(VERSION_NEUTRAL)
  @Post('neutral')
  neutral() {
    return 'neutral';
  }
}

const header = (app: INestApplication) =>
  void app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
const mediaType = (app: INestApplication) => void app.enableVersioning({ type: VersioningType.MEDIA_TYPE, key: 'v=' });
const custom = (app: INestApplication) =>
  void app.enableVersioning({
    type: VersioningType.CUSTOM,
    extractor: (request) => {
      const headers = (request as { headers: Record<string, string | undefined> }).headers;
      return headers['x-custom'] ?? '';
    },
  });

describe.each(PLATFORMS)('policies of versions that a preflight does not carry, on %s', (platform: Platform) => {
  const startForTest = closedAfterEach(startApplication);

  afterEach(async () => {
    runs.length = 0;
  });

  async function start(configure: (app: INestApplication) => void) {
    return startForTest(platform, 'NestFactory', { controllers: [ThingsV1, ThingsV2], configure });
  }

  describe.each([
    ['header', header, (version: string) => ({ 'X-Version': version })],
    ['media type', mediaType, (version: string) => ({ Accept: `application/json;v=${version}` })],
    ['custom', custom, (version: string) => ({ 'X-Custom': version })],
  ] as const)('%s versioning', (_kind, configure, version) => {
    it('preflight that some version grants: is granted', async () => {
      const { preflight } = await start(configure);
      expect((await preflight(ONE, 'PUT', '/things')).headers['access-control-allow-origin']).toBe(ONE);
      expect((await preflight(TWO, 'PUT', '/things')).headers['access-control-allow-origin']).toBe(TWO);
      expect((await preflight(STRANGER, 'PUT', '/things')).status).toBe(403);
    });

    it('actual request: each version has its own policy', async () => {
      const { from } = await start(configure);
      const one = await from(ONE, '/things', { headers: version('1') });
      expect(one.body).toBe('list 1');
      expect(corsHeaders(one)).toEqual({ 'access-control-allow-origin': ONE });
      const two = await from(ONE, '/things', { headers: version('2') });
      expect(two.body).toBe('list 2');
      expect(corsHeaders(two)).toEqual({});
    });

    it('unsafe request whose preflight another version granted: is refused before the handler runs', async () => {
      const { from } = await start(configure);
      const borrowed = await from(ONE, '/things', { method: 'PUT', headers: version('2') });
      expect(borrowed.status).toBe(403);
      expect(corsHeaders(borrowed)).toEqual({});
      expect(runs).toEqual([]);
      const own = await from(TWO, '/things', { method: 'PUT', headers: version('2') });
      expect(own.body).toBe('replaced 2');
    });

    it('request that no version would grant: passes, since it needed no preflight', async () => {
      const { from } = await start(configure);
      expect((await from(STRANGER, '/things', { method: 'PUT', headers: version('2') })).status).toBe(200);
    });

    it('same-origin request: passes', async () => {
      const { from, port } = await start(configure);
      const response = await from(`http://127.0.0.1:${port}`, '/things', { method: 'PUT', headers: version('2') });
      expect(response.status).toBe(200);
    });
  });

  it('cookie that only another version allows: is refused', async () => {
    @Controller({ path: 'c', version: '1' })
    @CorsPolicy({ origin: ONE })
    class WithoutCredentials {
      @Put()
      put() {
        return 'ran';
      }
    }

    @Controller({ path: 'c', version: '2' })
    @CorsPolicy({ origin: ONE, credentials: true })
    class WithCredentials {
      @Put()
      put() {
        return 'ran';
      }
    }

    const application = await startForTest(platform, 'NestFactory', {
      controllers: [WithoutCredentials, WithCredentials],
      configure: header,
    });
    const { preflight, from } = application;
    expect((await preflight(ONE, 'PUT', '/c')).headers['access-control-allow-credentials']).toBe('true');
    const cookie = { Cookie: 'session=1' };
    const refused = await from(ONE, '/c', { method: 'PUT', headers: { 'X-Version': '1', ...cookie } });
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.body).message).toBe('Refused by the CORS policy: credentials-not-allowed');
    expect(application.logger.warnings).toEqual([
      expect.stringMatching(
        /^Refused PUT \/c \(WithoutCredentials\.\w+\) from \S+ by WithoutCredentials: credentials-not-allowed\. /,
      ),
    ]);
    expect((await from(ONE, '/c', { method: 'PUT', headers: { 'X-Version': '1' } })).status).toBe(200);
    expect((await from(ONE, '/c', { method: 'PUT', headers: { 'X-Version': '2', ...cookie } })).status).toBe(200);
  });

  it('several policies for one preflight: Access-Control-Max-Age is 0', async () => {
    const { preflight } = await start(header);
    for (const origin of [ONE, TWO]) {
      expect((await preflight(origin, 'PUT', '/things')).headers['access-control-max-age']).toBe('0');
    }
  });

  it('tenant: is derived from the parameters of the dispatched route', async () => {
    const lookup: OriginLookup = { isOriginAllowed: (origin, { tenant }) => origin === `https://${tenant}.example` };
    const policy = { originLookup: lookup, tenant: ({ params }: CorsTenantRequest) => params['a'] ?? params['b'] };

    @Controller({ version: '1' })
    @CorsPolicy(policy)
    class FirstController {
      @Put(':a/:x')
      put() {
        return 'first';
      }
    }

    @Controller({ version: '2' })
    @CorsPolicy(policy)
    class SecondController {
      @Put(':x/:b')
      put() {
        return 'second';
      }
    }

    const application = await startForTest(platform, 'NestFactory', {
      controllers: [FirstController, SecondController],
      configure: header,
    });
    const { preflight, from } = application;
    expect((await preflight(ONE, 'PUT', '/one/two')).status).toBe(204);
    expect((await preflight(TWO, 'PUT', '/one/two')).status).toBe(204);
    const asOne = (version: string) => from(ONE, '/one/two', { method: 'PUT', headers: { 'X-Version': version } });
    expect((await asOne('1')).body).toBe('first');
    expect((await asOne('2')).status).toBe(403);
  });

  it('lookup shared by several versions: is called once', async () => {
    let questions = 0;
    const lookup: OriginLookup = { isOriginAllowed: async () => ++questions > 0 };

    @Controller({ path: 'l', version: '1' })
    @CorsPolicy({ originLookup: lookup, maxAge: 1 })
    class LookupV1 {
      @Put()
      put() {
        return 'one';
      }
    }

    @Controller({ path: 'l', version: '2' })
    @CorsPolicy({ originLookup: lookup, maxAge: 2 })
    class LookupV2 {
      @Put()
      put() {
        return 'two';
      }
    }

    const application = await startForTest(platform, 'NestFactory', {
      controllers: [LookupV1, LookupV2],
      cors: { cache: false },
      configure: header,
    });
    expect((await application.preflight(ONE, 'PUT', '/l')).status).toBe(204);
    expect(questions).toBe(1);
    expect((await application.from(ONE, '/l', { method: 'PUT', headers: { 'X-Version': '2' } })).body).toBe('two');
    expect(questions).toBe(2);
  });

  it('versions in the path: need no guard', async () => {
    const { preflight, from } = await start((app) => void app.enableVersioning({ type: VersioningType.URI }));
    expect((await preflight(ONE, 'PUT', '/v1/things')).status).toBe(204);
    expect((await preflight(ONE, 'PUT', '/v2/things')).status).toBe(403);
    expect((await from(ONE, '/v2/things', { method: 'PUT' })).body).toBe('replaced 2');
  });
});
