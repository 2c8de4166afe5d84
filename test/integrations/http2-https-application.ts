import type { IncomingMessage, ServerResponse } from 'node:http';
import { Body, Controller, ForbiddenException, Get, Header, HttpCode, Post, Put, Req } from '@nestjs/common';
import { CorsPolicy } from '../../lib/index.js';

/** What Express and Fastify (raw) have in common of a request. */
interface AnyRequest {
  readonly raw?: AnyRequest;
  readonly httpVersion: string;
  readonly socket: object;
}

@Controller('orders')
export class OrdersController {
  @Get('wire')
  wire(@Req() request: AnyRequest) {
    const { httpVersion, socket } = request.raw ?? request;
    return `HTTP/${httpVersion}${'encrypted' in socket ? ' over TLS' : ''}`;
  }

  @Get()
  @Header('Vary', 'Accept-Language')
  list() {
    return ['anvil'];
  }

  @Post()
  create(@Body() body: object) {
    return body;
  }

  @Put()
  @Header('Vary', 'Accept-Language')
  @HttpCode(204)
  replace() {}

  @Get('forbidden')
  forbidden() {
    throw new ForbiddenException('not yours');
  }

  @Get('exposed')
  @CorsPolicy({ exposedHeaders: 'all' })
  @Header('X-Total', '3')
  exposed() {
    return 'exposed';
  }

  @Post('own')
  @CorsPolicy({ rejectDisallowed: true })
  own() {
    return 'own';
  }

  @Get('tenant')
  @CorsPolicy({
    originLookup: { isOriginAllowed: (_, { tenant }) => tenant === 'localhost' },
    tenant: ({ host }) => host,
  })
  tenant() {
    return 'tenant';
  }
}

/** A middleware that answers by itself, in the way that writes a head only when the response ends. */
export function endWithoutBody(_request: IncomingMessage, response: ServerResponse): void {
  response.statusCode = 204;
  response.setHeader('Vary', 'Accept-Language');
  response.end();
}
