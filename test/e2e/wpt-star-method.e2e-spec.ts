import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { All, Controller, Get } from '@nestjs/common';
import { type ApplicationSetup, PLATFORMS, type RunningApplication, startApplication } from '../support/application.js';

const PAGE = 'https://page.example';

@Controller('answers')
class AnswersController {
  @Get()
  read() {
    return 'read';
  }

  @All('any')
  any() {
    return 'any';
  }
}

const setup: ApplicationSetup = {
  cors: { origin: PAGE, paths: [{ path: '/graphql', policy: { methods: '*' } }] },
  controllers: [AnswersController],
};

/** From fetch/api/cors/cors-preflight-star.any.js: for a browser, `*` in the answer stands for every method. */
describe.each(PLATFORMS)('a preflight for a method whose name is a star, on %s', (platform) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', setup);
  });

  afterAll(() => application.close());

  it.each(['/answers', '/answers/any', '/graphql', '/graphql/ws', '/nowhere'])(
    'any policy at %s: is refused without a wildcard',
    async (path) => {
      const { status, headers } = await application.preflight(PAGE, '*', path);
      expect(headers['access-control-allow-methods']).not.toBe('*');
      expect(status).toBe(403);
    },
  );
});
