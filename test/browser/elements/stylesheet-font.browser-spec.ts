/// <reference lib="dom" />
import { expect, it } from '@jest/globals';
import { describeElements } from './setting.js';

/** Width of a letter in the font that a stylesheet elsewhere names. Runs in a page. */
function widthOfLetter(url: string): Promise<number> {
  return new Promise((resolve) => {
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.addEventListener('load', async () => {
      const text = document.body.appendChild(document.createElement('span'));
      text.style.font = '100px Elsewhere, monospace';
      text.textContent = 'A';
      await document.fonts.load('100px Elsewhere').catch(() => []);
      const { width } = text.getBoundingClientRect();
      text.remove();
      sheet.remove();
      resolve(width);
    });
    sheet.href = url;
    document.head.append(sheet);
  });
}

describeElements('a font that a stylesheet of the application names', (setting) => {
  it('page that uses it: requests it, and needs to be allowed', async () => {
    const { application, origins, page } = setting();
    for (const [policy, used] of [
      ['this-origin', true],
      ['other-origin-credentials', false],
      ['disabled', false],
      ['anyone', true],
    ] as const) {
      const width = await page.evaluate(widthOfLetter, `${application.origin}/${policy}/files/fonts.css`);
      expect({ policy, used: width === 500 }).toEqual({ policy, used });
      const arrivals = application.arrivals.takeOf(`/${policy}/files/font.ttf?in=sheet`);
      expect(arrivals.map(({ headers }) => headers.origin)).toEqual([origins.app]);
    }
  });
});
