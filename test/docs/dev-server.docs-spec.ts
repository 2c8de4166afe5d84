import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Started } from '../samples/started.js';

describe('npm run docs', () => {
  let server: Started;

  beforeAll(async () => {
    server = await Started.script('docs', { NO_COLOR: '1' }, /Local:\s+http:\/\/localhost:\d+\//);
  }, 200_000);

  afterAll(() => server.stop(), 30_000);

  it('start: serves the site at the address that it prints', async () => {
    const [, address = ''] = /Local:\s+(http:\/\/localhost:\d+\/)/.exec(server.output) ?? [];
    const response = await fetch(new URL('quick-start.html', address));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('/@vite/client');
  });
});
