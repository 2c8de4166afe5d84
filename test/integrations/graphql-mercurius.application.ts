import { jest } from '@jest/globals';
import fastifyWebsocket from '@fastify/websocket';
import { GraphQLModule } from '@nestjs/graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import * as contentDisposition from 'content-disposition';
import type { CorsModuleOptions } from '../../lib/index.js';
import { type RunningApplication, startApplication } from '../support/application.js';
import { AnvilResolver, OrdersController } from './graphql.resolver.js';

// @fastify/static, part of mercurius, is CommonJS, and jest can't require() this dependency of it, which is not.
jest.mock('content-disposition', () => contentDisposition);
const { MercuriusDriver } = await import('@nestjs/mercurius');

interface MercuriusSetup {
  readonly rejectDisallowed?: boolean;
  readonly csrfPrevention?: boolean;
  /** Whether @fastify/websocket is the application's own, as its documentation has it, and not mercurius' alone. */
  readonly websockets?: boolean;
  /** Options of the library. Default: the policy of the path. */
  readonly cors?: CorsModuleOptions;
}

/** Mercurius with subscriptions and its page; the policy of its path allows https://app.example.com alone. */
export function startMercurius({
  rejectDisallowed = false,
  csrfPrevention = false,
  websockets = false,
  cors,
}: MercuriusSetup = {}): Promise<RunningApplication> {
  const options = { autoSchemaFile: true, subscription: true, graphiql: true, csrfPrevention };
  const policy = { origin: 'https://app.example.com', credentials: true, maxAge: 600, rejectDisallowed };
  return startApplication('fastify', 'NestFactory', {
    imports: [GraphQLModule.forRoot({ driver: MercuriusDriver, ...options })],
    providers: [AnvilResolver],
    controllers: [OrdersController],
    cors: cors ?? {
      origin: 'https://elsewhere.example',
      logging: 'off',
      paths: [{ path: '/graphql', policy }],
    },
    configure: (app) => void (websockets && (app as NestFastifyApplication).register(fastifyWebsocket)),
  });
}
