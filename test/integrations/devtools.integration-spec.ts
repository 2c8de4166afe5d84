import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  SetMetadata,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import * as contentDisposition from 'content-disposition';
import { type CorsDevtoolsOptions, CorsDevtoolsModule } from '../../lib/entry-points/devtools/index.js';
import { CorsInspector } from '../../lib/index.js';
import {
  PLATFORMS,
  type Platform,
  RecordingLogger,
  type RunningApplication,
  createApplication,
  listening,
} from '../support/application.js';

// @fastify/static is CommonJS, and jest can't require() this dependency of it, which is not.
jest.mock('content-disposition', () => contentDisposition);

const TOKEN = 'a-token-of-the-team.0123456789_~';
const PAGE = '/api/internal/__cors';
const PUBLIC = 'isPublic';
const Public = () => SetMetadata(PUBLIC, true);

/** The guard of NestJS's documentation: what is not @Public() needs a session. */
@Injectable()
class JwtGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    return this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()]) === true;
  }
}

@Controller({ path: 'orders', version: '2' })
class OrdersController {
  @Get()
  list(): string[] {
    return [];
  }
}

class FullLogger extends RecordingLogger {
  readonly lines: string[] = [];
  override log(line?: unknown): void {
    this.lines.push(String(line));
  }
}

interface Started extends RunningApplication {
  readonly logger: FullLogger;
}

function documentOf(app: INestApplication) {
  return SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('Orders').build());
}

/** One instance: a prefix, versions in the path, a global guard and an OpenAPI document. */
async function start(platform: Platform, options: CorsDevtoolsOptions): Promise<Started> {
  const logger = new FullLogger();
  const app = await createApplication(
    platform,
    'NestFactory',
    {
      cors: { origin: 'https://app.example.com', logging: 'off' },
      imports: [CorsDevtoolsModule.forRoot({ path: '/internal/__cors', ...options })],
      controllers: [OrdersController],
      providers: [{ provide: APP_GUARD, useClass: JwtGuard }],
      configure: (created) => {
        created.setGlobalPrefix('api');
        created.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
        SwaggerModule.setup('docs', created, () => documentOf(created));
      },
    },
    logger,
  );
  return { ...(await listening(app, logger)), logger };
}

/** The URL of the boot log, without the origin. */
function loggedPage({ logger }: Started): string {
  const [, page = ''] = /^CORS devtools: http:\/\/localhost:\d+(\/\S+) /m.exec(logger.lines.join('\n')) ?? [];
  return page;
}

const sessionOf = (headers: { readonly 'set-cookie'?: string[] | undefined }) =>
  headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';

describe.each(PLATFORMS)(
  'the devtools of an application with a guard, a prefix, versions and OpenAPI, on %s',
  (platform) => {
    let application: Started;

    describe('without the decorator that the guard looks for', () => {
      beforeAll(async () => {
        application = await start(platform, { token: TOKEN });
      });
      afterAll(() => application.close());

      it('known token: is refused, because the guard of the application comes first', async () => {
        const known = { headers: { Authorization: `Bearer ${TOKEN}` } };
        const answers = await Promise.all([
          application.send(loggedPage(application)),
          application.send(PAGE, known),
          application.send(`${PAGE}/routes`, known),
          application.send(`${PAGE}/events`, known),
        ]);
        expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
      });

      it('log: names the guard and the option', () => {
        const hint = application.logger.lines.find((line) =>
          line.startsWith('JwtGuard of the application runs before'),
        );
        expect(hint).toContain('CorsDevtoolsModule.forRoot({ decorators: [Public()] })');
      });
    });

    describe('with the decorator', () => {
      beforeAll(async () => {
        application = await start(platform, { decorators: [Public()] });
      });
      afterAll(() => application.close());

      it('URL of the log: opens them, and nothing less does', async () => {
        const logged = loggedPage(application);
        expect(logged).toMatch(new RegExp(`^${PAGE}\\?token=[\\w-]{43}$`));
        expect((await application.send(`${PAGE}/routes`)).status).toBe(401);
        expect((await application.send(PAGE)).status).toBe(401);
        const opened = await application.send(logged);
        const Cookie = sessionOf(opened.headers);
        expect(opened.status).toBe(303);
        const page = await application.send(PAGE, { headers: { Cookie } });
        expect([page.status, page.body.includes('<h1>CORS devtools</h1>')]).toEqual([200, true]);
        const script = await application.send(`${PAGE}/assets/main.js`, { headers: { Cookie } });
        expect(script.status).toBe(200);
      });

      it('routes of the application: stay refused', async () => {
        expect((await application.send('/api/v2/orders')).status).toBe(403);
      });

      it('OpenAPI document, manifest and list of routes: do not have them', async () => {
        expect(Object.keys(documentOf(application.app).paths)).toEqual(['/api/v2/orders']);
        expect(Object.keys(JSON.parse((await application.send('/docs-json')).body).paths)).toEqual(['/api/v2/orders']);
        const inspector = application.app.get(CorsInspector, { strict: false });
        expect(Object.keys(inspector.manifest().routes)).toEqual(['GET /api/v2/orders']);
        expect(inspector.routes().map(({ path }) => path)).toEqual(['/api/v2/orders']);
      });

      it('log: has no warning', () => {
        expect([application.logger.warnings, application.logger.errors]).toEqual([[], []]);
        expect(application.logger.lines.filter((line) => line.includes('runs before the devtools'))).toEqual([]);
      });
    });

    describe('in two instances', () => {
      it.each([
        ['of the options', { token: TOKEN }, 200],
        ['of a URL', {}, 401],
      ] as const)('take the session of each other with a token %s: %j gives %i', async (_, options, status) => {
        const [one, other] = [
          await start(platform, { decorators: [Public()], ...options }),
          await start(platform, { decorators: [Public()], ...options }),
        ];
        try {
          const Cookie = sessionOf((await one.send(loggedPage(one))).headers);
          // Behind a load balancer, both have the port of the URL: the cookie's name is that of the port.
          const [name, value] = Cookie.split('=');
          const behind = `${name?.replace(String(one.port), String(other.port))}=${value}`;
          expect((await one.send(`${PAGE}/routes`, { headers: { Cookie } })).status).toBe(200);
          expect((await other.send(`${PAGE}/routes`, { headers: { Cookie: behind } })).status).toBe(status);
        } finally {
          await Promise.all([one.close(), other.close()]);
        }
      });
    });
  },
);
