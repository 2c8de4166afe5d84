import { IncomingMessage, ServerResponse } from 'node:http';
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { readPreflight } from '../fetch/preflight-request.js';
import type { CorsRequestHook } from '../request/request-hook.js';
import type { RequestRouter } from '../routing/request-router.js';
import type { EarlyReceiver } from './framework-listener.js';
import type { Passage } from './passage.js';

/**
 * Answers preflights in front of the framework, where the request hook would do nothing else and nothing on the way to it would
 * see them. In doubt the framework gets the preflight, and the hook answers it.
 */
export class ServerPreflights {
  private readonly derivesTenants: boolean;

  /** @param isSoleHook whether no other request hook stands beside the library's */
  constructor(
    private readonly hook: Pick<CorsRequestHook, 'receive' | 'passOn'>,
    private readonly passage: Passage,
    private readonly router: Pick<RequestRouter, 'readsHost' | 'policies'>,
    private readonly isSoleHook: () => boolean,
  ) {
    this.derivesTenants = router.policies.some(
      ({ tenant, shadow }) => tenant !== undefined || shadow?.tenant !== undefined,
    );
  }

  readonly receive: EarlyReceiver = (request, response, toFramework) => {
    if (!this.isAnsweredHere(request, response)) {
      toFramework();
      return;
    }
    this.passage.prepare(response);
    this.hook.receive(request, response, (answer) => {
      if (answer === undefined) {
        this.hook.passOn(request);
        toFramework();
      } else {
        answer();
      }
    });
  };

  private isAnsweredHere(request: IncomingMessage, response: ServerResponse): boolean {
    const { url = '', headers } = request;
    return (
      this.isSoleHook() &&
      this.passage.isClear(url) &&
      // The framework tells hosts by what it trusts of proxies.
      !this.derivesTenants &&
      !this.router.readsHost &&
      headers.upgrade === undefined &&
      readPreflight('OPTIONS', headers) !== undefined &&
      !response.headersSent &&
      !response.writableEnded &&
      isOfNode(request, response)
    );
  }
}

/** Whether Node.js has made the request and its response. Tools that call listeners by themselves may have made others. */
function isOfNode(request: unknown, response: unknown): boolean {
  return (
    (request instanceof IncomingMessage && response instanceof ServerResponse) ||
    (request instanceof Http2ServerRequest && response instanceof Http2ServerResponse)
  );
}
