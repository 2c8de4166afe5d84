import { Controller, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express, { type Express } from 'express';
import { CorsPolicy } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';

@Controller('uploads')
@CorsPolicy({ origin: PARTNER })
class UploadsController {
  @Post() upload() {
    return 'uploaded';
  }
}

// Express remembers the POST route of a path for a HEAD request that no route handles (router, lib/index.js).
describe.each(PLATFORMS)('request with a method that no route of its path handles, on %s', (platform) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      controllers: [UploadsController],
      cors: { logging: 'off', origin: async (origin: string) => Promise.resolve(origin === APP) },
      configure: (app) => {
        if (platform === 'express') {
          const routes = express.Router();
          routes.post('/others', (_request, response) => void response.end('posted'));
          (app.getHttpAdapter().getInstance() as Express).use('/of', routes);
        }
      },
    });
  });

  afterAll(() => application.close());

  it.each(['GET', 'HEAD', 'PUT'])('%s: has the grant of the module defaults on its 404', async (method) => {
    for (const path of ['/uploads', '/of/others']) {
      const response = await application.from(APP, path, { method });
      expect(response.status).toBe(404);
      expect(corsHeaders(response)).toEqual({ 'access-control-allow-origin': APP });
    }
  });

  it.each(['GET', 'HEAD', 'PUT'])('%s: does not have the grant of the policy of the route', async (method) => {
    const response = await application.from(PARTNER, '/uploads', { method });
    expect(response.status).toBe(404);
    expect(corsHeaders(response)).toEqual({});
  });
});
