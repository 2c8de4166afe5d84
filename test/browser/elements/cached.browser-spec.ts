import { expect, it } from '@jest/globals';
import { LOADS } from './loads.js';
import { describeElements } from './setting.js';

describeElements('an image that the browser keeps', (setting) => {
  it('loaded before without CORS: can be read', async () => {
    const { application, page, origins } = setting();
    const path = '/this-origin/files/image.png?cached=by-app';
    const url = `${application.origin}${path}`;
    expect(await page.evaluate(LOADS.image, { url, crossOrigin: 'absent' })).toBe('opaque');
    expect(await page.evaluate(LOADS.image, { url, crossOrigin: 'anonymous' })).toBe('readable');
    expect(application.arrivals.takeOf(path).map(({ headers }) => headers['origin'])).toEqual([undefined, origins.app]);
  });

  it('two origins of one site, one after the other: can read it', async () => {
    const { application, browser, page, origins } = setting();
    const path = '/pattern-credentials/files/image.png?cached=by-two';
    const load = { url: `${application.origin}${path}`, crossOrigin: 'use-credentials' } as const;
    const sibling = origins.app.replace('app.', 'admin.');
    const second = await browser.open(`${sibling}/`);
    expect(await page.evaluate(LOADS.image, load)).toBe('readable');
    expect(await second.evaluate(LOADS.image, load)).toBe('readable');
    await second.close();
    expect(application.arrivals.takeOf(path).map(({ headers }) => headers['origin'])).toEqual([origins.app, sibling]);
  });

  it('policy with *: is requested once, because it does not vary', async () => {
    const { application, browser, page, origins } = setting();
    const path = '/anyone/files/image.png?cached=by-all';
    const load = { url: `${application.origin}${path}`, crossOrigin: 'anonymous' } as const;
    const second = await browser.open(`${origins.app.replace('app.', 'admin.')}/`);
    expect(await page.evaluate(LOADS.image, load)).toBe('readable');
    expect(await second.evaluate(LOADS.image, load)).toBe('readable');
    await second.close();
    expect(application.arrivals.takeOf(path)).toHaveLength(1);
  });
});
