/// <reference lib="dom" />
import { expect, it } from '@jest/globals';
import { describeElements } from './setting.js';

/** What `window.onerror` is told of a script that throws. Runs in a page. */
function messageOf({ url, crossOrigin }: { url: string; crossOrigin: string | null }): Promise<string> {
  return new Promise((resolve) => {
    const element = document.createElement('script');
    element.crossOrigin = crossOrigin;
    addEventListener('error', ({ message }) => resolve(message), { once: true });
    element.src = url;
    document.head.append(element);
  });
}

describeElements('the error that a script throws', (setting) => {
  it('script loaded with CORS: is shown in full', async () => {
    const { application, page } = setting();
    const url = `${application.origin}/this-origin/files/throw.js?with=permission`;
    expect(await page.evaluate(messageOf, { url, crossOrigin: 'anonymous' })).toContain('thisNameIsTheDetail');
  });

  it('script loaded without CORS: is hidden by Chromium, and by Firefox for errors of the engine', async () => {
    const { application, browserName, page } = setting();
    const url = `${application.origin}/this-origin/files/throw.js?without=permission`;
    expect(await page.evaluate(messageOf, { url, crossOrigin: null })).toBe(
      { Chromium: 'Script error.', Firefox: 'Error: thisNameIsTheDetail' }[browserName],
    );
  });
});
