/// <reference lib="dom" />
import { expect, it } from '@jest/globals';
import { describeElements } from './setting.js';

/**
 * Loads a sound to its end, or until one of the events in `endings` says that there is no more to come. Runs in a page.
 */
function loadWhole({ url, endings }: { url: string; endings: readonly string[] }): Promise<'loaded' | 'cut off'> {
  return new Promise((resolve) => {
    const element = document.createElement('audio');
    element.crossOrigin = 'use-credentials';
    element.preload = 'auto';
    endings.forEach((ending) => element.addEventListener(ending, () => resolve('cut off')));
    const look = () => {
      const { buffered, duration } = element;
      if (buffered.length > 0 && buffered.end(buffered.length - 1) >= duration - 0.1) {
        resolve('loaded');
      } else {
        setTimeout(look, 20);
      }
    };
    element.src = url;
    look();
  });
}

/** Asks for a range as a script does. Runs in a page. */
async function fetchRange({ url, range }: { url: string; range: string }): Promise<number | 'failed'> {
  const answer = fetch(url, { headers: { Range: range } });
  return answer.then(({ status }) => status).catch(() => 'failed' as const);
}

describeElements('a sound that comes in parts', (setting) => {
  it('allowed origin: is requested part by part, without any preflight', async () => {
    const { application, page, origins } = setting();
    const path = '/this-origin-credentials/files/long-sound.wav?part=150000';
    expect(await page.evaluate(loadWhole, { url: `${application.origin}${path}`, endings: ['error'] })).toBe('loaded');
    const arrivals = application.arrivals.takeOf(path);
    expect(arrivals.length).toBeGreaterThanOrEqual(4);
    for (const { method, headers } of arrivals) {
      expect([method, headers.origin, headers.cookie]).toEqual(['GET', origins.app, 'session=1']);
      expect(headers.range).toMatch(/^bytes=\d+-\d*$/);
    }
  });

  it('origin that loses its access: stops', async () => {
    const { application, page, origins } = setting();
    application.arrivals.whenHandled = () => void application.partners.delete(origins.app);
    const path = '/lookup-credentials/files/long-sound.wav?part=150000';
    // Firefox says that it failed; Chromium asks again for a while.
    const load = { url: `${application.origin}${path}`, endings: ['error', 'stalled'] };
    expect(await page.evaluate(loadWhole, load)).toBe('cut off');
    expect(application.arrivals.takeOf(path).length).toBeGreaterThanOrEqual(2);
  });

  it('is given to scripts: one range at a time needs no permission beforehand, several do', async () => {
    const { application, page } = setting();
    const path = '/this-origin/files/sound.wav?by=script';
    const url = `${application.origin}${path}`;
    expect(await page.evaluate(fetchRange, { url, range: 'bytes=0-9' })).toBe(206);
    expect(application.arrivals.takeOf(path).map(({ method }) => method)).toEqual(['GET']);
    expect(await page.evaluate(fetchRange, { url, range: 'bytes=0-9,20-29' })).toBe(200);
    expect(application.arrivals.takeOf(path).map(({ method }) => method)).toEqual(['OPTIONS', 'GET']);
  });
});
