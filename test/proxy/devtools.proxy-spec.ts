import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CorsDevtools, CorsDevtoolsModule } from '../../lib/entry-points/devtools/index.js';
import { PLATFORMS, type RunningApplication, startApplication } from '../support/application.js';
import { send } from '../support/http-client.js';
import { BareProxy } from './bare-proxy.js';

const PATHS = ['', '/sender', '/sender.js', '/assets/main.js', '/routes', '/audit', '/explanation', '/events'];

describe.each(PLATFORMS)('the devtools on %s behind a proxy that adds no header', (platform) => {
  let application: RunningApplication;
  let proxy: BareProxy;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', { imports: [CorsDevtoolsModule.forRoot()] });
    proxy = await BareProxy.start(application.port);
  });

  afterAll(async () => {
    await proxy?.stop();
    await application?.close();
  });

  it.each(PATHS)('any client at %j: is refused', async (path) => {
    const page = encodeURIComponent(`http://127.0.0.1:${application.port}`);
    for (const query of ['', `?page=${page}`, '?token=', '?token=x&ticket=x']) {
      const { status, body } = await send(proxy.port, `/__cors${path}${query}`, { headers: { Host: 'app.example' } });
      expect([query, status]).toEqual([query, 401]);
      expect(body).not.toMatch(/data-ticket|data-page|"controller"|addEventListener/);
    }
  });

  it('client with the URL: is admitted, and what the proxy logs of it opens nothing more', async () => {
    const url = new URL(application.app.get(CorsDevtools, { strict: false }).url());
    const opened = await send(proxy.port, url.pathname + url.search, { headers: { Host: 'app.example' } });
    expect(opened.status).toBe(303);
    const Cookie = opened.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
    const headers = { Host: 'app.example', Cookie };
    expect((await send(proxy.port, '/__cors/routes', { headers })).status).toBe(200);

    const [, logged = ''] = /GET (\/__cors\?token=[\w-]{43}) /.exec(await proxy.accessLog()) ?? [];
    expect(logged).toBe(url.pathname + url.search);
    expect((await send(proxy.port, logged, { headers: { Host: 'app.example' } })).status).toBe(401);
  });
});
