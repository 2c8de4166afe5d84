import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Header, Headers, Put } from '@nestjs/common';
import { ENVIRONMENTS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const PARTNER = 'https://partner.example';
const TAG = '"one"';

@Controller('catalogue')
class CatalogueController {
  @Get()
  @Header('ETag', TAG)
  read(@Headers('if-none-match') condition: string | undefined) {
    return condition === undefined ? 'in full' : 'asked whether it changed';
  }

  @Put()
  replace(@Headers('if-none-match') condition: string | undefined) {
    return condition ?? 'unconditional';
  }
}

describe.each(ENVIRONMENTS)('an origin that is revoked, on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;
  const allowed = new Set<string>();

  beforeAll(async () => {
    application = await startApplication(platform, bootstrap, {
      controllers: [CatalogueController],
      cors: { originLookup: { isOriginAllowed: (origin) => allowed.has(origin) } },
    });
  });

  beforeEach(() => {
    allowed.clear();
    allowed.add(PARTNER);
  });

  afterAll(() => application.close());

  const revalidate = () =>
    application.from(PARTNER, '/catalogue', {
      headers: { 'If-None-Match': TAG, 'If-Modified-Since': 'Sat, 21 Nov 2026 00:00:00 GMT' },
    });

  it('very next request and preflight: are refused', async () => {
    expect(corsHeaders(await application.from(PARTNER, '/catalogue'))).toEqual({
      'access-control-allow-origin': PARTNER,
    });
    allowed.delete(PARTNER);
    expect(corsHeaders(await application.from(PARTNER, '/catalogue'))).toEqual({});
    expect((await application.preflight(PARTNER, 'PUT', '/catalogue')).status).toBe(403);
  });

  it("conditional request: gets no 304, which would leave the grant in the browser's cached response", async () => {
    const before = await revalidate();
    expect(before.headers['access-control-allow-origin']).toBe(PARTNER);
    if (platform === 'express') {
      expect(before.status).toBe(304);
    } else {
      expect(before.body).toBe('asked whether it changed');
    }
    allowed.delete(PARTNER);
    const after = await revalidate();
    expect(after.status).toBe(200);
    expect(after.body).toBe('in full');
    expect(corsHeaders(after)).toEqual({});
  });

  it('conditional unsafe request: keeps its conditions, which are about the resource and not about a copy', async () => {
    allowed.delete(PARTNER);
    const response = await application.from(PARTNER, '/catalogue', {
      method: 'PUT',
      headers: { 'If-None-Match': '*' },
    });
    expect(response.body).toBe('*');
  });

  it('request without Origin: may still revalidate', async () => {
    const { status, body } = await application.send('/catalogue', { headers: { 'If-None-Match': TAG } });
    expect(status === 304 || body === 'asked whether it changed').toBe(true);
  });
});
