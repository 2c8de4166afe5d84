import { setTimeout as delay } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { Body, Controller, Get, Header, HttpCode, NotFoundException, Post, Put } from '@nestjs/common';
import { CorsModule, CorsPolicy, type OriginList } from '../../lib/index.js';
import { type Platform, RecordingLogger, createApplication } from '../support/application.js';
import { answer } from './application-answers.js';

const require = createRequire(import.meta.url);

/** What AWS Lambda calls. */
type LambdaHandler = (event: unknown, context: object) => Promise<unknown>;

let loaded = 0;

/** A list that takes its time: events that come meanwhile have to wait. */
const partners: OriginList = {
  async loadOrigins() {
    await delay(50);
    loaded++;
    return [{ origin: 'https://partner.example' }];
  },
};

@Controller('orders')
class OrdersController {
  @Get()
  @Header('Vary', 'Accept-Language')
  list() {
    return ['anvil'];
  }

  @Put()
  @HttpCode(204)
  replace() {}

  @Post()
  @CorsPolicy({ rejectDisallowed: true })
  create(@Body() body: object) {
    return body;
  }

  @Get('missing')
  missing() {
    throw new NotFoundException('no such order');
  }

  @Get('partners')
  @CorsPolicy({ originLookup: partners, exposedHeaders: 'all' })
  ofPartners() {
    return 'orders of partners';
  }
}

const logger = new RecordingLogger();

/** As the documentation of NestJS has it: `init()`, no `listen()`. */
async function bootstrap(platform: Platform): Promise<LambdaHandler> {
  const app = await createApplication(
    platform,
    'NestFactory',
    {
      cors: false,
      imports: [CorsModule.forRoot({ origin: 'https://app.example.com', credentials: true })],
      controllers: [OrdersController],
    },
    logger,
  );
  await app.init();
  const instance = app.getHttpAdapter().getInstance() as { ready?(): Promise<unknown> };
  if (platform === 'express') {
    const { configure } = require('@codegenie/serverless-express') as { configure(options: object): LambdaHandler };
    return configure({ app: instance });
  }
  const awsLambdaFastify = require('@fastify/aws-lambda') as (instance: object) => LambdaHandler;
  const handler = awsLambdaFastify(instance);
  await instance.ready?.();
  return handler;
}

const handlers = new Map<Platform, Promise<LambdaHandler>>();

/** A handler boots the application with the first event, and others that come meanwhile wait for the same. */
async function invoke(platform: Platform, event: unknown): Promise<unknown> {
  let handler = handlers.get(platform);
  if (handler === undefined) {
    handler = bootstrap(platform);
    handlers.set(platform, handler);
  }
  return (await handler)(event, {});
}

answer({
  port: () => 0,
  invoke: ({ platform, events }: { platform: Platform; events: unknown[] }) =>
    Promise.all(events.map((event) => invoke(platform, event))),
  loaded: () => loaded,
  log: () => ({ warnings: logger.warnings, errors: logger.errors }),
});
