import { browserFrom, type FetchInit, type FetchResult } from '../../../lib/entry-points/testing/index.js';
import { type Arrival, DocumentedServer, type PolicyData } from '../documented/index.js';

/** What `nestjs-cors/testing` makes of the requests of elements, beacons and the like, which a server answers as documented. */
export class ElementExpectations {
  private constructor(
    private readonly server: DocumentedServer,
    private readonly api: string,
  ) {}

  /** @param policies by the first segment of a path, or the second one below `/assets` */
  static async start(api: string, policies: Readonly<Record<string, PolicyData>>): Promise<ElementExpectations> {
    const answer = { status: 200, headers: [], body: '' };
    const server = await DocumentedServer.start({
      resourceOf: ({ url }) => {
        const [first = '', second = ''] = new URL(url).pathname.slice(1).split('/');
        const policy = policies[first === 'assets' ? second : first] ?? {};
        return { policy, methods: ['GET', 'POST', 'PUT'], fallback: {}, answer };
      },
    });
    return new ElementExpectations(server, api);
  }

  /** Makes a request of a page, in a browser that has the application's cookie. */
  async outcomeOf(
    page: string,
    url: string,
    init: FetchInit,
  ): Promise<{ readonly result: FetchResult; readonly arrivals: readonly Arrival[] }> {
    const browser = browserFrom(page, this.server.url, { url: this.api });
    await browser.setCookie('session=1; Path=/');
    return { result: await browser.fetch(url, init), arrivals: this.server.take() };
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
