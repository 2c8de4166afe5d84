import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { IncomingMessage, Server } from 'node:http';
import { CorsModule } from '../../../lib/index.js';
import type { Platform } from '../../support/application.js';
import { optionsOf } from '../documented/index.js';
import { controllerFor, PageController, type Reply, type Request } from './controllers.js';
import { ASSETS, fallbackPolicy, matrixPolicies, MIXED, MIXED_POLICIES, type PageOrigins } from './policies.js';
import type { Recorder } from './recorder.js';
import { answerTo } from './resources.js';

/** An application on one of the adapters, with a route for every policy. Resolves when it listens. */
export async function startApplication(
  platform: Platform,
  pages: PageOrigins,
  recorder: Recorder,
): Promise<INestApplication> {
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter({ forceCloseConnections: true });
  const app = await NestFactory.create<INestApplication>(moduleFor(pages, recorder), adapter, {
    logger: ['error'],
    abortOnError: false,
    forceCloseConnections: true,
    bodyParser: false,
  });
  // Bodies of any type are read as text: what a parser takes is no matter of CORS.
  if (adapter instanceof FastifyAdapter) {
    const instance = adapter.getInstance();
    instance.removeAllContentTypeParsers();
    instance.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  } else {
    (app as NestExpressApplication).useBodyParser('text', { type: () => true });
  }
  recorder.listenTo(app.getHttpServer() as Server);
  await app.listen(0, '127.0.0.1');
  return app;
}

function moduleFor(pages: PageOrigins, recorder: Recorder): new () => object {
  const policies = matrixPolicies(pages);
  const answer = (request: Request, reply: Reply): void => {
    const body = typeof request.body === 'string' && request.body !== '' ? request.body : undefined;
    recorder.handled(request.raw ?? (request as unknown as IncomingMessage), body);
    const { status, headers, body: text } = answerTo(request.method, new URL(request.url, 'http://any'));
    reply.status(status);
    const cookies = headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value);
    headers.filter(([name]) => name !== 'set-cookie').forEach(([name, value]) => reply.header(name, value));
    (cookies.length > 0 ? reply.header('set-cookie', cookies) : reply).send(status === 204 ? undefined : text);
  };
  const decorated = Object.keys(policies).map((name) => controllerFor(name, () => name, answer));
  const mixed = controllerFor(MIXED, (method) => MIXED_POLICIES[method] ?? '', answer);
  const named = Object.entries(policies).filter(([, { disabled }]) => !disabled);
  @Module({
    imports: [
      CorsModule.forRoot({
        ...optionsOf(fallbackPolicy(pages)),
        policies: Object.fromEntries(named.map(([name, policy]) => [name, optionsOf(policy)])),
        paths: [{ path: `/${ASSETS.path}`, policy: ASSETS.policy }],
        logging: 'off',
      }),
    ],
    controllers: [PageController, ...decorated, mixed],
  })
  class MatrixModule {}
  return MatrixModule;
}
