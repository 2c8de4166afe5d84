import { type MiddlewareConsumer, Module, VersioningType } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServerResponse } from 'node:http';
import { CorsModule } from '../../../lib/index.js';
import { controllers } from './controllers.js';
import { corsOptions } from './cors-options.js';
import type { JudgingLogger } from './judging-logger.js';
import { TellReached, tellWhatIsSeen } from './sight.js';
import { portOf } from '../../support/listening.js';

export type Adapter = 'express' | 'fastify' | 'fastify-http2';
/** Where versions of routes are written. */
export type Versions = 'in the path' | 'in a header';

/** The longest body that is read: a generated one can be longer. */
const BODY_LIMIT = 2048;

@Module({
  imports: [CorsModule.forRoot(corsOptions)],
  controllers,
  providers: [{ provide: APP_GUARD, useClass: TellReached }],
})
class ApplicationUnderTest {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply((_: unknown, response: ServerResponse) => response.end('ended by a middleware'))
      .forRoutes('ended', 'graphql/ended');
  }
}

/** A running application under test. */
export interface Started {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the application on a free port of the loopback interface. */
export async function start(adapter: Adapter, versions: Versions, logger: JudgingLogger): Promise<Started> {
  const options = { logger, abortOnError: false } as const;
  const app =
    adapter === 'express'
      ? await NestFactory.create<NestExpressApplication>(ApplicationUnderTest, new ExpressAdapter(), options)
      : await NestFactory.create<NestFastifyApplication>(ApplicationUnderTest, fastify(adapter), options);
  if (adapter === 'express') {
    (app as NestExpressApplication).useBodyParser('json', { limit: BODY_LIMIT });
  }
  app.enableVersioning(
    versions === 'in a header'
      ? { type: VersioningType.HEADER, header: 'X-API-Version' }
      : { type: VersioningType.URI },
  );
  await app.init();
  const server = app.getHttpServer();
  server.prependListener('request', tellWhatIsSeen);
  await app.listen(0, '127.0.0.1');
  return { port: portOf(app), close: () => app.close() };
}

function fastify(adapter: Adapter): FastifyAdapter {
  return adapter === 'fastify-http2'
    ? new FastifyAdapter({ bodyLimit: BODY_LIMIT, http2: true } as never)
    : new FastifyAdapter({ bodyLimit: BODY_LIMIT });
}
