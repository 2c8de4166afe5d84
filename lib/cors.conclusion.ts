import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CorsRequestState, isRetrieval, writeState } from './cors.request-state.js';
import { type Finish, finishOnWrite } from './cors.response-head.js';
import { writeActual } from './cors.response-writer.js';

/**
 * Makes a decision the one that stands for the request: the hook's, until the guard knows better.
 * @param finish how the application finishes the heads of all its responses, if it does; with `Vary` alone, nobody asks
 *   afterwards what was decided, but for what it takes to withhold a response
 */
export function conclude(
  request: IncomingMessage,
  response: ServerResponse,
  state: CorsRequestState,
  finish?: Finish,
): void {
  const { decision, withheld } = state;
  const isRemembered = withheld || finish !== 'vary';
  if (isRemembered) {
    writeState(request, state);
  }
  if (withheld) {
    ignoreStoredResponse(request);
  }
  try {
    writeActual(response, decision);
  } catch (error) {
    // Answered already. To ask beforehand would cost every request as much as a header does.
    if (response.headersSent) {
      return;
    }
    throw error;
  }
  const { dependsOnOrigin, exposedHeaders } = decision.policy;
  if (isRemembered && finish !== 'as-decided' && (dependsOnOrigin || exposedHeaders.kind === 'all')) {
    finishOnWrite(response, request);
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
