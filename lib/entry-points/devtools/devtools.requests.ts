import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { nodeRequest, nodeResponse } from '../../request/incoming-request.js';

/** A header's value. `undefined` for several lines of one header, which browsers do not send. */
export function header(request: unknown, name: string): string | undefined {
  const value = nodeRequest(request).headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** The host of a request. HTTP/2 has a pseudo-header for it. */
export function hostOf(request: unknown): string | undefined {
  return header(request, 'host') ?? header(request, ':authority');
}

/** Address of the client. `undefined` on a Unix socket, where the client must be a proxy. */
export function remoteAddressOf(request: unknown): string | undefined {
  return nodeRequest(request).socket.remoteAddress;
}

/** The query, read from the URL: settings of the application decide how Express and Fastify parse it. */
export function queryOf(request: unknown): URLSearchParams {
  const { url = '' } = nodeRequest(request);
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start));
}

/**
 * The path as the browser sent it, also where the application is mounted in another one. `undefined` for a path that a
 * header or markup would have to escape.
 */
export function pathOf(request: unknown): string | undefined {
  const { originalUrl } = request as { readonly originalUrl?: unknown };
  const [path = ''] = (typeof originalUrl === 'string' ? originalUrl : (nodeRequest(request).url ?? '')).split('?', 1);
  return /^\/[\w.~%/-]*$/.test(path) ? path : undefined;
}

/**
 * The page relative to the requested URL, such as `./__cors`; `./` where that ends in a slash. Relative links work behind
 * any global prefix and any prefix of a proxy.
 */
export function relativePage(request: unknown, path: string): string {
  return `./${(pathOf(request) ?? path).split('/').pop()}`;
}

/**
 * Takes a response from Nest and its adapter, so that no interceptor wraps the body, and nothing compresses or buffers a
 * stream.
 */
export function takeOver(response: unknown): ServerResponse {
  (response as { hijack?: () => void }).hijack?.();
  return nodeResponse(response);
}

/** Headers of every response of the devtools. */
export const COMMON_HEADERS: OutgoingHttpHeaders = {
  // no-transform, because compression would delay the events.
  'Cache-Control': 'no-store, no-transform',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The Content-Security-Policy of responses that are no document. It forbids everything. */
export const NO_DOCUMENT = "default-src 'none'; frame-ancestors 'none'";

export function sendJson(response: unknown, body: unknown, status = 200, headers: OutgoingHttpHeaders = {}): void {
  const text = JSON.stringify(body);
  takeOver(response)
    .writeHead(status, {
      ...COMMON_HEADERS,
      ...headers,
      'Content-Security-Policy': NO_DOCUMENT,
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
    })
    .end(text);
}
