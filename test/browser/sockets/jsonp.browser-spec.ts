import { expect, it } from '@jest/globals';
import { SECRET, startSocketsApplication } from './application.js';
import { byJsonp } from './page-scripts.js';
import { describeApplication, describeBrowsers } from './setting.js';

const CASES = [
  { name: 'default options', gatewayOptions: {}, revision: 4 },
  { name: '`allowEIO3`, and a script of that revision', gatewayOptions: { allowEIO3: true }, revision: 3 },
  { name: '`allowEIO3`, and a script of the revision of today', gatewayOptions: { allowEIO3: true }, revision: 4 },
] as const;

/** A script element sends no `Origin`, and does send the visitor's cookie. */
describeBrowsers((surroundings) => {
  for (const { name, gatewayOptions, revision } of CASES) {
    describeApplication(
      `polling by scripts (JSONP), without the library, with ${name},`,
      surroundings,
      (platform) => startSocketsApplication(platform, 'IoAdapter', false, gatewayOptions),
      (setting) => {
        it('page of another origin: reads the secret of the visitor', async () => {
          const { application, stranger } = setting();
          const packets = await stranger.evaluate(byJsonp, { url: application.origin, revision });
          expect(packets).toContain(SECRET);
          expect(application.takeConnections()).toEqual([undefined]);
        });
      },
    );

    describeApplication(
      `polling by scripts (JSONP), with ${name},`,
      surroundings,
      (platform, { allowed }) =>
        startSocketsApplication(platform, 'IoAdapter', { origin: [allowed], credentials: true }, gatewayOptions),
      (setting) => {
        it.each(['stranger', 'allowed'] as const)('%s page: reads nothing, and opens no session', async (page) => {
          const { application, [page]: reader } = setting();
          expect(await reader.evaluate(byJsonp, { url: application.origin, revision })).toBe('');
          expect(application.takeConnections()).toEqual([]);
        });
      },
    );
  }
});
