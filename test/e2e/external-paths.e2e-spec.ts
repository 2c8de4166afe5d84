import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Post } from '@nestjs/common';
import { CorsInspector, CorsPolicy, DisableCors } from '../../lib/index.js';
import { diffManifests } from '../../lib/entry-points/diagnostics/index.js';
import { routesText } from '../../lib/entry-points/cli/routes-text.js';
import { explanationText } from '../../lib/entry-points/cli/explanation-text.js';
import { styleFor } from '../../lib/entry-points/cli/terminal.js';
import { PLATFORMS, type RunningApplication, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

class Closed {
  @Get('closed')
  @DisableCors()
  closed() {}

  @Get('inherited')
  @DisableCors()
  inherited() {}
}

@Controller('legacy/own')
class OwnController extends Closed {
  @Get()
  @CorsPolicy({ maxAge: 5 })
  @Header('Access-Control-Allow-Origin', '*')
  @Header('Cache-Control', 'no-store')
  read() {}

  @Post(['', 'again'])
  @Header('access-control-max-age', '600')
  @Header('X-Total', '1')
  write() {}

  @Get('closed')
  override closed() {}
}

describe.each(PLATFORMS)('reports on %s', (platform) => {
  let application: RunningApplication;
  let inspector: CorsInspector;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers: [OwnController],
      cors: {
        origin: APP,
        rejectDisallowed: true,
        paths: [
          { path: '/graphql', policy: { maxAge: 60 } },
          { path: '/legacy', external: true },
        ],
        logging: 'off',
      },
    });
    inspector = application.app.get(CorsInspector, { strict: false });
  });

  afterAll(() => application.close());

  describe('external path', () => {
    it.each([APP, STRANGER])('explain(): says that the path does its own CORS, also for %s', async (origin) => {
      for (const path of ['/legacy', '/legacy/any?x=1']) {
        const explanation = await inspector.explain({ method: 'PUT', path, origin });
        expect(explanation).toMatchObject({
          route: undefined,
          policy: { label: 'path "/legacy" (external)', external: true },
          preflight: { sent: true, granted: false, reason: 'left-to-application' },
          response: { granted: false, reason: 'left-to-application' },
          readable: false,
          conclusion: expect.stringMatching(/^Not decided here: .*nestjs-cors leaves this path to what serves it/),
        });
        const text = explanationText(explanation, styleFor({ isTTY: false } as never), 100);
        expect(text).toContain(
          'Preflight  sent, and left to the application that serves the path (left-to-application)',
        );
        expect(text).toContain('Response   left to the application that serves the path (left-to-application)');
        expect(text).not.toContain('FIELD');
      }
    });

    it("explain() of Nest's own routes below it: says that they keep their policy", async () => {
      const own = await inspector.explain({ method: 'GET', path: '/legacy/own', origin: APP });
      expect(own).toMatchObject({ readable: true, policy: { label: 'OwnController.read' } });
      expect(own.policy).not.toHaveProperty('external');
      const other = await inspector.explain({ method: 'GET', path: '/legacies', origin: STRANGER });
      expect(other.response.reason).toBe('origin-not-listed');
    });

    it('routes(), manifest and command: name it', () => {
      const external = inspector.routes().filter(({ policy }) => policy.external === true);
      expect(external).toMatchObject([{ method: '*', path: '/legacy', controller: 'CorsModule', handler: 'paths[1]' }]);
      const manifest = inspector.manifest();
      expect(manifest.paths).toMatchObject({ '/graphql': { maxAge: 60 }, '/legacy': { external: true } });
      expect(Object.keys(manifest.routes).filter((key) => key.includes('legacy ') || key.endsWith('legacy'))).toEqual(
        [],
      );
      expect(diffManifests({ ...manifest, paths: {} }, manifest)).toContain('+ path /legacy {"external":true}');
      const text = routesText(inspector, styleFor({ isTTY: false } as never), 200);
      expect(text).toContain('/legacy and below: left to the application that serves it (external)');
      expect(text).not.toContain('CorsModule.paths');
    });

    it('audit(): names it', () => {
      expect(inspector.audit().filter(({ code }) => code === 'external-path')).toEqual([
        {
          code: 'external-path',
          subject: 'path "/legacy" (external)',
          message:
            'The application that serves /legacy does CORS by itself; nestjs-cors checks nothing there, WebSockets included.',
          hint: expect.stringMatching(/\.$/),
        },
      ]);
    });
  });

  it('CORS headers that handlers set › audit(): names handler, header and value', () => {
    const found = inspector.audit().filter(({ code }) => code === 'foreign-cors-header');
    expect(found.map(({ subject, message }) => [subject, message.replace(/[:;].*/, '')])).toEqual([
      ['OwnController.read', `@Header('Access-Control-Allow-Origin', "*") has no effect`],
      ['OwnController.write', `@Header('access-control-max-age', "600") means nothing on a response`],
    ]);
    expect(found.every(({ hint }) => hint.includes('@CorsPolicy()'))).toBe(true);
  });

  it('CORS headers that handlers set › boot: writes one warning', () => {
    const warnings = application.logger.warnings.filter((line) => line.includes('@Header()'));
    expect(warnings).toEqual([
      expect.stringContaining(
        'OwnController.read (Access-Control-Allow-Origin: "*"), OwnController.write (access-control-max-age: "600")',
      ),
    ]);
  });

  it('override that hides a decorator › audit(): names it', () => {
    const found = inspector.audit().filter(({ code }) => code === 'overridden-decorator');
    expect(found.map(({ subject, message }) => [subject, message])).toEqual([
      ['OwnController.closed', expect.stringMatching(/: module defaults is its policy\.$/)],
    ]);
  });

  it('application without any of these › audit(): finds nothing', async () => {
    @Controller('plain')
    class PlainController {
      @Get()
      @Header('Vary', 'Accept')
      read() {}
    }
    const plain = await startApplication(platform, 'NestFactory', { controllers: [PlainController], cors: {} });
    expect(plain.logger.warnings).toEqual([]);
    expect(plain.app.get(CorsInspector, { strict: false }).audit()).toEqual([]);
    await plain.close();
  });
});
