import { IncomingMessage, OutgoingMessage, type ServerResponse } from 'node:http';
import { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

/**
 * The Node.js request behind an adapter's request: Fastify wraps it, Express extends it. Told by class, never by shape: an
 * Express application may put anything on its requests, a parsed body as `raw` included.
 */
export function nodeRequest(request: unknown): IncomingMessage {
  if (request instanceof IncomingMessage || request instanceof Http2ServerRequest) {
    return request as IncomingMessage;
  }
  return ((request as { raw?: IncomingMessage }).raw ?? request) as IncomingMessage;
}

/** The Node.js response behind an adapter's response, told like its request. */
export function nodeResponse(response: unknown): ServerResponse {
  if (isNodeResponse(response)) {
    return response as ServerResponse;
  }
  return ((response as { raw?: ServerResponse }).raw ?? response) as ServerResponse;
}

/** Whether the response is one of Node.js itself, over HTTP/1.1 or HTTP/2. */
export function isNodeResponse(response: unknown): boolean {
  return response instanceof OutgoingMessage || response instanceof Http2ServerResponse;
}
