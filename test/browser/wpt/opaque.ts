import type { Page } from 'playwright-core';
import { addFrame, fetchFrom } from './page.js';

/** Documents and workers whose origin is opaque: their requests say `Origin: null`. */
export type Opaque = 'sandbox' | 'iframe' | 'worker';

/** Whether a script without an origin of its own may read the response of this URL. */
export async function askFrom(page: Page, kind: Opaque, url: string): Promise<boolean> {
  if (kind === 'worker') {
    return page.evaluate(
      (source) =>
        new Promise<boolean>((resolve) => {
          new Worker(source).addEventListener('message', ({ data }) => resolve(data as boolean));
        }),
      `data:text/javascript,${encodeURIComponent(`fetch('${url}').then(() => postMessage(true), () => postMessage(false))`)}`,
    );
  }
  const frame = await (kind === 'iframe'
    ? addFrame(page, 'data:text/html,<!doctype html>')
    : addFrame(page, page.url(), 'allow-scripts'));
  return (await fetchFrom(frame, url)).readable;
}
