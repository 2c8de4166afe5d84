/// <reference lib="dom" />
import { expect, it } from '@jest/globals';
import { describeElements } from './setting.js';

/** Listens until `count` events came, or the browser has given up. Runs in a page. */
function listen({ url, count }: { url: string; count: number }): Promise<{ events: string[]; gaveUp: boolean }> {
  return new Promise((resolve) => {
    const source = new EventSource(url, { withCredentials: true });
    const events: string[] = [];
    source.addEventListener('message', ({ data }) => {
      events.push(data as string);
      if (events.length === count) {
        source.close();
        resolve({ events, gaveUp: false });
      }
    });
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) {
        resolve({ events, gaveUp: true });
      }
    });
  });
}

describeElements('an EventSource', (setting) => {
  it('stream that ends: reconnects at its last event, with its cookie, without a preflight', async () => {
    const { application, page, origins } = setting();
    const path = '/this-origin-credentials/events?ends';
    const heard = await page.evaluate(listen, { url: `${application.origin}${path}`, count: 3 });
    expect(heard).toEqual({ events: ['event 1', 'event 2', 'event 3'], gaveUp: false });
    const arrivals = application.arrivals.takeOf(path);
    expect(arrivals.map(({ method, headers }) => [method, headers['last-event-id']]).slice(0, 3)).toEqual([
      ['GET', undefined],
      ['GET', '1'],
      ['GET', '2'],
    ]);
    expect(arrivals.map(({ headers: { origin, cookie } }) => ({ origin, cookie }))).toEqual(
      arrivals.map(() => ({ origin: origins.app, cookie: 'session=1' })),
    );
  });

  it('origin that lost its access meanwhile: receives nothing more', async () => {
    const { application, page, origins } = setting();
    application.arrivals.whenHandled = () => void application.partners.delete(origins.app);
    const path = '/lookup-credentials/events?ends=revoked';
    const heard = await page.evaluate(listen, { url: `${application.origin}${path}`, count: 3 });
    expect(heard).toEqual({ events: ['event 1'], gaveUp: true });
    expect(application.arrivals.takeOf(path)).toHaveLength(2);
  });
});
