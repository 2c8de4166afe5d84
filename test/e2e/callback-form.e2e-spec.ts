import { describe, expect, it } from '@jest/globals';
import type { CorsModuleOptions, OriginPredicate } from '../../lib/index.js';
import { PLATFORMS, createApplication, startApplication } from '../support/application.js';
import { closedAfterEach } from '../support/closed-after-each.js';

const APP = 'https://app.example.com';

type Callback = (error: unknown, allowed: boolean) => void;

/** Hides the call, as a helper or a bound method does. */
function answerThrough(_origin: string, callback: Callback) {
  callback(null, true);
}

describe.each(PLATFORMS)('origin function for the cors package, on %s', (platform) => {
  const startForTest = closedAfterEach(startApplication);

  it.each([
    ['origin', { origin: ((_origin: string, callback: Callback) => callback(null, true)) as never }],
    [
      'originLookup',
      { originLookup: { isOriginAllowed: ((_origin: string, callback: Callback) => callback(null, true)) as never } },
    ],
    ['originLookup', { originLookup: ((_origin: string, callback: Callback) => callback(null, true)) as never }],
  ] as [string, CorsModuleOptions][])('boot: is reported with all other problems: %s', async (path, cors) => {
    const setup = { cors: { ...cors, maxAge: -1 } };
    const app = await createApplication(platform, 'NestFactory', setup);
    await expect(app.init()).rejects.toMatchObject({
      problems: expect.arrayContaining([
        expect.objectContaining({ code: 'out-of-range' }),
        expect.objectContaining({ path }),
      ]),
    });
    await app.close();
  });

  it.each([
    ['throws', ((origin: string, callback: Callback) => answerThrough(origin, callback)) as unknown as OriginPredicate],
    ['returns nothing', ((_origin: string, _callback: Callback) => undefined) as unknown as OriginPredicate],
  ])(
    'source that does not show the callback, function that %s: refuses, and the log names it',
    async (_name, origin) => {
      const application = await startForTest(platform, 'NestFactory', { cors: { origin } });
      const response = await application.from(APP, '/');
      expect(response.headers).not.toHaveProperty('access-control-allow-origin');
      const lines = [...application.logger.errors, ...application.logger.warnings];
      expect(lines.filter((line) => line.includes('written for the `cors` package'))).toHaveLength(1);
    },
  );

  it('function that reads the context of the lookup: is not reported', async () => {
    const application = await startForTest(platform, 'NestFactory', {
      cors: { origin: (origin, context) => origin === APP && context.policy === 'default' },
    });
    expect((await application.from(APP, '/')).headers['access-control-allow-origin']).toBe(APP);
  });
});
