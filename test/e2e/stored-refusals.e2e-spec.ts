import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Put } from '@nestjs/common';
import { ENVIRONMENTS, type RunningApplication, startApplication } from '../support/application.js';

const ALLOWED = 'https://allowed.example';
const REFUSED = 'https://refused.example';
const UNLUCKY = 'https://unlucky.example';
const VALIDATORS = { etag: '"one"', 'last-modified': 'Sat, 21 Nov 2026 00:00:00 GMT' };

@Controller('prices')
class PricesController {
  @Get()
  @Header('ETag', VALIDATORS.etag)
  @Header('Last-Modified', VALIDATORS['last-modified'])
  @Header('Cache-Control', 'public, max-age=60')
  read() {
    return 'prices';
  }

  @Put()
  @Header('ETag', VALIDATORS.etag)
  replace() {
    return 'replaced';
  }
}

/** What a cache makes of these answers is in test/proxy, where there is one. */
describe.each(ENVIRONMENTS)('refused response in a cache, on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;

  beforeAll(async () => {
    const isOriginAllowed = (origin: string) => {
      if (origin === UNLUCKY) {
        throw new Error('the database is down');
      }
      return origin === ALLOWED;
    };
    application = await startApplication(platform, bootstrap, {
      controllers: [PricesController],
      cors: { originLookup: { isOriginAllowed } },
    });
  });

  afterAll(() => application.close());

  it('listed refusal: has no validators, so that no cache revalidates it or a grant by it', async () => {
    const { headers } = await application.from(REFUSED, '/prices');
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('last-modified');
    expect(headers['cache-control']).toBe('public, max-age=60');
    expect((await application.from(REFUSED, '/prices', { method: 'HEAD' })).headers).not.toHaveProperty('etag');
  });

  it('failed lookup: is not stored', async () => {
    const { headers } = await application.from(UNLUCKY, '/prices');
    expect(headers['cache-control']).toBe('no-store');
  });

  it('allowed origin, or no Origin: changes nothing', async () => {
    expect((await application.from(ALLOWED, '/prices')).headers).toMatchObject(VALIDATORS);
    expect((await application.send('/prices')).headers).toMatchObject(VALIDATORS);
  });

  it('leaves responses to unsafe methods unchanged: pages of the own origin send Origin and need the validators', async () => {
    const { headers } = await application.from(REFUSED, '/prices', { method: 'PUT' });
    expect(headers.etag).toBe(VALIDATORS.etag);
  });

  it('own origin, whose module scripts and fonts are requested with Origin: changes nothing', async () => {
    const fetchMetadata = { 'Sec-Fetch-Site': 'same-origin' };
    const own = `http://localhost:${application.port}`;
    for (const headers of [fetchMetadata, { Host: `localhost:${application.port}` }]) {
      expect((await application.from(own, '/prices', { headers })).headers).toMatchObject(VALIDATORS);
    }
    const conditional = { ...fetchMetadata, 'If-None-Match': VALIDATORS.etag };
    const again = await application.from(own, '/prices', { headers: conditional });
    expect(again.status).toBe(platform === 'express' ? 304 : 200);
  });

  it('empty Origin: is as without Origin', async () => {
    const empty = await application.sendRaw(
      'GET /prices HTTP/1.1\r\nHost: localhost\r\nOrigin:\r\nConnection: close\r\n\r\n',
    );
    expect(empty).toMatch(/^HTTP\/1\.1 200 /);
    expect(empty).toContain(VALIDATORS.etag);
  });
});
