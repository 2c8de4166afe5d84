import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CorsRequestState, isRetrieval, writeState } from './cors.request-state.js';
import { finishOnWrite } from './cors.response-head.js';
import { writeActual } from './cors.response-writer.js';

/** Makes a decision the one that stands for the request: the hook's, until the guard knows better. */
export function conclude(request: IncomingMessage, response: ServerResponse, state: CorsRequestState): void {
  const { decision, withheld } = state;
  writeState(request, state);
  if (withheld) {
    ignoreStoredResponse(request);
  }
  if (response.headersSent) {
    return;
  }
  writeActual(response, decision);
  if (decision.policy.dependsOnOrigin || decision.policy.exposedHeaders.kind === 'all') {
    finishOnWrite(response, request, decision.policy);
  }
}

/**
 * Has a request whose response is withheld answered in full. A browser that kept the response from when its origin was
 * still allowed asks whether it has changed; it would take a 304 for "no" and go on showing the script the old headers,
 * grant included.
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch (freshening a stored response)
 */
function ignoreStoredResponse(request: IncomingMessage): void {
  if (isRetrieval(request)) {
    delete request.headers['if-none-match'];
    delete request.headers['if-modified-since'];
  }
}
