import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Module } from '@nestjs/common';
import { AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { CorsModule } from '../../lib/index.js';
import { RecordingLogger } from '../support/application.js';
import { send } from '../support/http-client.js';
import { portOf } from '../support/listening.js';

const APP = 'https://app.example.com';

@Controller()
class RootController {
  @Get()
  read() {
    return 'ok';
  }

  @Get('granted')
  @Header('Access-Control-Allow-Origin', '*')
  @Header('X-Total', '1')
  granted() {
    return 'ok';
  }
}

class ForgetfulAdapter extends ExpressAdapter {}
ForgetfulAdapter.prototype.setOnRequestHook = AbstractHttpAdapter.prototype.setOnRequestHook as never;

@Module({ imports: [CorsModule.forRoot({ origin: APP, exposedHeaders: 'all' })], controllers: [RootController] })
class RootModule {}

async function start(adapter: ExpressAdapter) {
  const logger = new RecordingLogger();
  const app = await NestFactory.create(RootModule, adapter, { logger, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  return { app, logger, port: portOf(app) };
}

describe('HTTP adapter that is neither Express nor Fastify', () => {
  it('with request hooks: grants and refuses', async () => {
    class OtherAdapter extends ExpressAdapter {
      override getType(): string {
        return 'other';
      }
    }
    const { app, port, logger } = await start(new OtherAdapter());
    const response = await send(port, '/', { headers: { Origin: APP } });
    expect(response.headers['access-control-allow-origin']).toBe(APP);
    expect(logger.errors).toEqual([]);
    await app.close();
  });

  it('without request hooks: exposes the headers of a response that another grant makes readable', async () => {
    const { app, port } = await start(new ForgetfulAdapter());
    const { headers } = await send(port, '/granted', { headers: { Origin: APP } });
    expect(String(headers['access-control-expose-headers']).split(',')).toContain('x-total');
    expect((await send(port, '/', { headers: { Origin: APP } })).headers).not.toHaveProperty(
      'access-control-expose-headers',
    );
    await app.close();
  });

  it('without request hooks: grants nothing, and logs an error', async () => {
    const { app, port, logger } = await start(new ForgetfulAdapter());
    const response = await send(port, '/', { headers: { Origin: APP } });
    expect(response.status).toBe(200);
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
    expect(logger.errors).toEqual([expect.stringContaining('ForgetfulAdapter runs no request hooks')]);
    await app.close();
  });
});
