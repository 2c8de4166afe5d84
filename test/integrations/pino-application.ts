import { Controller, Get, NotFoundException, Put, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { InjectPinoLogger, Logger, LoggerModule, PinoLogger } from 'nestjs-pino';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { CorsModule, CorsPolicy, type OriginLookup } from '../../lib/index.js';
import { answer } from './application-answers.js';

const [platform, order] = process.argv.slice(2);

/** It knows nobody: it fails, and its message is a credential. */
const failing: OriginLookup = {
  isOriginAllowed: () => Promise.reject(new Error('connect postgres://orders:s3cret@db:5432/orders refused')),
};

@Controller('orders')
class OrdersController {
  constructor(@InjectPinoLogger(OrdersController.name) private readonly logger: PinoLogger) {}

  @Get()
  list(@Req() request: { id?: unknown; raw?: IncomingMessage & { log?: unknown }; log?: unknown }) {
    this.logger.info('listing');
    return {
      hasLog: typeof (request.raw ?? request).log === 'object',
      id: (request.raw as { id?: unknown } | undefined)?.id ?? request.id,
    };
  }

  @Put()
  replace() {
    return 'replaced';
  }

  @Get('missing')
  missing() {
    throw new NotFoundException('no such order');
  }

  @Get('failing')
  @CorsPolicy({ originLookup: failing })
  failing() {
    return 'failing';
  }
}

const cors = CorsModule.forRoot({ origin: 'https://app.example.com', credentials: true });
const pino = LoggerModule.forRoot({
  pinoHttp: {
    // As the README of nestjs-pino has it for an id of one's own.
    genReqId: (request) => request.headers['x-request-id'] ?? randomUUID(),
    level: 'info',
  },
});

class AppModule {}

const app = await NestFactory.create(
  { module: AppModule, imports: order === 'before' ? [pino, cors] : [cors, pino], controllers: [OrdersController] },
  platform === 'express'
    ? new ExpressAdapter()
    : // Fastify gives its requests ids itself, and pino-http keeps them.
      new FastifyAdapter({ requestIdHeader: 'x-request-id' }),
  { bufferLogs: true },
);
app.useLogger(app.get(Logger));
await app.listen(0, '127.0.0.1');
answer({ port: () => (app.getHttpServer().address() as { port: number }).port });
