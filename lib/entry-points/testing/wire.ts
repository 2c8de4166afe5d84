import { currentUrl, type FetchRequest } from './fetch-request.js';
import type { HeaderList } from './header-list.js';
import { type HttpResponse, type ReceivedHead, type SentHead, sendRequest } from './http-exchange.js';
import type { Network } from './network.js';
import { FetchFailure } from './network-error.js';

/** One request to a server, and the headers of its response. */
export interface Exchange {
  readonly kind: 'preflight' | 'request';
  readonly request: SentHead;
  /** `undefined` without a response. */
  readonly response: ReceivedHead | undefined;
}

/** Sends the requests of one fetch, and records them. */
export class Wire {
  readonly exchanges: Exchange[] = [];

  constructor(
    private readonly network: Network,
    private readonly signal: AbortSignal,
    private readonly ownHeaders: HeaderList = [],
  ) {}

  /** @throws FetchFailure without a response */
  async send(kind: Exchange['kind'], request: FetchRequest, headers: HeaderList): Promise<HttpResponse> {
    const url = currentUrl(request);
    const sent: SentHead = { method: request.method, url: url.href, headers: [...headers, ...this.ownHeaders] };
    const address = await this.network.addressOf(url);
    if (address === undefined) {
      const reason = "it is neither the application, nor in 'network', nor on this machine";
      throw new FetchFailure('connection', `${url.origin} cannot be reached: ${reason}.`);
    }
    try {
      const response = await sendRequest(address, { ...sent, body: request.body }, this.signal);
      const { status, statusText, headers: received } = response;
      this.exchanges.push({ kind, request: sent, response: { status, statusText, headers: received } });
      return response;
    } catch (error) {
      this.exchanges.push({ kind, request: sent, response: undefined });
      const reason = error instanceof Error ? error.message : String(error);
      throw new FetchFailure('connection', `${request.method} ${url.href} got no response: ${reason}`);
    }
  }
}
