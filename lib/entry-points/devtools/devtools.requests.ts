import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { nodeRequest, nodeResponse } from '../../request/incoming-request.js';

/** A header's value; several lines of one header are no value that a browser sends. */
export function header(request: unknown, name: string): string | undefined {
  const value = nodeRequest(request).headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** What a request is addressed to: HTTP/2 has a pseudo-header for it. */
export function hostOf(request: unknown): string | undefined {
  return header(request, 'host') ?? header(request, ':authority');
}

/** Address of the other end of the connection; `undefined` on a Unix socket, where a proxy must be the other end. */
export function remoteAddressOf(request: unknown): string | undefined {
  return nodeRequest(request).socket.remoteAddress;
}

/** The query, which Express and Fastify parse by settings of the application's own. */
export function queryOf(request: unknown): URLSearchParams {
  const { url = '' } = nodeRequest(request);
  const question = url.indexOf('?');
  return new URLSearchParams(question < 0 ? '' : url.slice(question));
}

/**
 * The path as the browser sent it, also where the application is mounted in another one; `undefined` where it could not
 * stand in a header or in markup as it is.
 */
export function pathOf(request: unknown): string | undefined {
  const { originalUrl } = request as { readonly originalUrl?: unknown };
  const [path = ''] = (typeof originalUrl === 'string' ? originalUrl : (nodeRequest(request).url ?? '')).split('?', 1);
  return /^\/[\w.~%/-]*$/.test(path) ? path : undefined;
}

/**
 * The page as seen from the URL that was asked, such as `./__cors`; `./` where that ends in a slash. Links are relative, so
 * that a global prefix, or a proxy's, needs no telling.
 */
export function relativePage(request: unknown, path: string): string {
  return `./${(pathOf(request) ?? path).split('/').pop()}`;
}

/**
 * Takes a response away from Nest and its adapter, so that no interceptor wraps what is sent, and nothing compresses or
 * buffers a stream.
 */
export function takeOver(response: unknown): ServerResponse {
  (response as { hijack?: () => void }).hijack?.();
  return nodeResponse(response);
}

/** Headers of every response of the devtools. */
export const COMMON_HEADERS: OutgoingHttpHeaders = {
  // no-transform: compression would hold the events back.
  'Cache-Control': 'no-store, no-transform',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** What is never a document gets a policy that forbids all of it. */
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
