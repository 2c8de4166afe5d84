import { setTimeout as delay } from 'node:timers/promises';
import { Controller, ForbiddenException, Get, Inject, Injectable, Put } from '@nestjs/common';
import { ClsModule, ClsService, ClsServiceManager } from 'nestjs-cls';
import { CorsModule, CorsPolicy, type OriginLookup, type CorsTenantRequest } from '../../lib/index.js';
import { type Platform, type RunningApplication, startApplication } from '../support/application.js';
import { answer } from './application-answers.js';

export interface ClsSettings {
  readonly platform: Platform;
  readonly mount: 'middleware' | 'guard' | 'interceptor';
  readonly order: 'before' | 'after';
}

/** What the lookup saw of a request's context: nothing, or the name in it. */
const seen: unknown[] = [];

@Injectable()
class PartnerOrigins implements OriginLookup {
  async isOriginAllowed(origin: string, { tenant }: { tenant: string | undefined }) {
    const cls = ClsServiceManager.getClsService();
    seen.push(cls.isActive() ? cls.get('name') : 'no context');
    await delay(5);
    return origin === `https://${tenant}.example`;
  }
}

interface NamedRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const name = (request: NamedRequest) => request.headers['x-name'];

@Controller('orders')
@CorsPolicy({ originLookup: PartnerOrigins, tenant: ({ params }: CorsTenantRequest) => params['tenant'] ?? 'acme' })
class OrdersController {
  constructor(@Inject(ClsService) private readonly cls: ClsService) {}

  @Get(':tenant')
  async read() {
    const before = this.cls.get<string>('name');
    await delay(5);
    return { before, after: this.cls.get<string>('name'), id: typeof this.cls.getId() };
  }

  @Put(':tenant')
  @CorsPolicy({ rejectDisallowed: true, exposedHeaders: 'all' })
  replace() {
    return this.cls.get<string>('name');
  }

  @Get(':tenant/forbidden')
  forbidden() {
    throw new ForbiddenException(`not ${this.cls.get<string>('name')}'s`);
  }
}

let running: RunningApplication | undefined;

async function start({ platform, mount, order }: ClsSettings): Promise<number> {
  const setup = (cls: ClsService, request: NamedRequest) => cls.set('name', name(request));
  const imports = [
    ClsModule.forRoot({
      global: true,
      ...(mount === 'middleware' && {
        middleware: {
          mount: true,
          generateId: true,
          setup: (cls: ClsService, request: NamedRequest) => setup(cls, request),
        },
      }),
      ...(mount !== 'middleware' && {
        [mount]: {
          mount: true,
          generateId: true,
          setup: (cls: ClsService, context: { switchToHttp(): { getRequest<T>(): T } }) =>
            setup(cls, context.switchToHttp().getRequest<NamedRequest>()),
        },
      }),
    }),
    CorsModule.forRoot({ origin: 'https://app.example.com', cache: false }),
  ];
  running = await startApplication(platform, 'NestFactory', {
    cors: false,
    imports: order === 'before' ? imports : imports.reverse(),
    controllers: [OrdersController],
    providers: [PartnerOrigins],
  });
  return running.port;
}

answer({
  port: () => 0,
  start,
  seen: () => seen.splice(0),
  log: () => ({ warnings: running?.logger.warnings, errors: running?.logger.errors }),
  close: () => running?.close(),
});
