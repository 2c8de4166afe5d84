import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
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
}

@Module({ imports: [CorsModule.forRoot({ origin: APP })], controllers: [RootController] })
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

  it('without request hooks: grants nothing, and logs an error', async () => {
    class ForgetfulAdapter extends ExpressAdapter {}
    ForgetfulAdapter.prototype.setOnRequestHook = AbstractHttpAdapter.prototype.setOnRequestHook as never;
    const { app, port, logger } = await start(new ForgetfulAdapter());
    const response = await send(port, '/', { headers: { Origin: APP } });
    expect(response.status).toBe(200);
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
    expect(logger.errors).toEqual([expect.stringContaining('ForgetfulAdapter runs no request hooks')]);
    await app.close();
  });
});
