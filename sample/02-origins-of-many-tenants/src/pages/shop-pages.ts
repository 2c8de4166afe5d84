import { WebPages } from '../../../shared/pages/web-pages.js';
import { tenants } from '../../../shared/tenants/web-origins.js';
import type { Settings } from '../settings.js';
import { PublishedToken } from './published-token.js';

/** A shop for each of the first tenants, and the operator's console. */
export async function listenForPages({ webDirectory, webPorts }: Settings): Promise<WebPages> {
  return WebPages.listen(
    webDirectory,
    webPorts.map((port, index) => {
      const published = new PublishedToken();
      return {
        port,
        home: index < tenants.length ? 'shop.html' : 'console.html',
        answer: (request, response, origin) => published.answer(request, response, origin),
      };
    }),
  );
}
