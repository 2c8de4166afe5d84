import { type IncomingHttpHeaders, IncomingMessage, OutgoingMessage, type ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isSameOrigin } from '../fetch/same-origin.js';
import { http2 } from '../support/http2.cjs';

/** The parts of a request that its evaluation needs. */
export interface EvaluatedRequest {
  /** Method of the actual request, also for a preflight. */
  readonly method: string;
  /** Request target of the raw request. */
  readonly url: string;
  /** Value of the `Origin` header; `undefined` without one. */
  readonly origin: string | undefined;
  /** The adapter's request object. */
  readonly adapterRequest: unknown;
}

/** A request as it came in, with the objects of Node.js behind the adapter's. Each field is read once. */
export interface IncomingRequest extends EvaluatedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
  /** The adapter's response object. */
  readonly adapterResponse: unknown;
  /** The path that the application of Express is mounted on; no string in other applications. */
  readonly baseUrl: unknown;
  /**
   * Whether the request has cookies or HTTP authentication. An `Authorization` that a script has set looks the same.
   * @see https://fetch.spec.whatwg.org/#credentials
   */
  readonly hasCredentials: boolean;
}

/** Reads what the library needs of a request before anything else can change it. */
export function readIncoming(adapterRequest: unknown, adapterResponse: unknown): IncomingRequest {
  const raw = nodeRequest(adapterRequest);
  const { method = 'GET', url = '/', headers } = raw;
  const response = nodeResponse(adapterResponse);
  return {
    method,
    url,
    headers,
    origin: originOf(headers),
    adapterRequest,
    raw,
    response,
    adapterResponse,
    baseUrl: (raw as MountedRequest).baseUrl,
    hasCredentials: headers.cookie !== undefined || headers.authorization !== undefined,
  };
}

/**
 * The `Origin` of an actual request. An empty one counts as none, because a shared cache cannot tell the two apart. Two lines
 * become a value that is no origin.
 */
export function originOf({ origin }: IncomingHttpHeaders): string | undefined {
  return (Array.isArray(origin) ? origin.join(', ') : origin) || undefined;
}

/** The part of a request that Express changes: it strips the path that a middleware is mounted on. */
export interface MountedRequest {
  readonly baseUrl?: unknown;
}

/**
 * The Node.js request behind an adapter's request: Fastify wraps it, Express extends it. The class decides, because an Express
 * application may put anything on its requests, such as a body as `raw`.
 */
export function nodeRequest(request: unknown): IncomingMessage {
  if (request instanceof IncomingMessage) {
    return request;
  }
  const { raw } = request as { readonly raw?: unknown };
  // HTTP/2 is checked last, because the check loads its module.
  return raw instanceof IncomingMessage || !(request instanceof http2().Http2ServerRequest)
    ? ((raw ?? request) as IncomingMessage)
    : (request as unknown as IncomingMessage);
}

/** The Node.js response behind an adapter's response, found like its request. */
export function nodeResponse(response: unknown): ServerResponse {
  if (response instanceof OutgoingMessage) {
    return response as ServerResponse;
  }
  const { raw } = response as { readonly raw?: unknown };
  return raw instanceof OutgoingMessage || !(response instanceof http2().Http2ServerResponse)
    ? ((raw ?? response) as ServerResponse)
    : (response as unknown as ServerResponse);
}

/** Whether a request comes from the application's own origin; the framework's trust settings give the host. */
export function isFromOwnOrigin({ origin, raw, adapterRequest }: IncomingRequest): boolean {
  return origin !== undefined && isSameOrigin(origin, raw.headers, (adapterRequest as { host?: string }).host);
}

/** Whether the connection has a client certificate, which also counts as credentials. */
export function hasClientCertificate({ socket }: IncomingMessage): boolean {
  const { getPeerCertificate } = (socket ?? {}) as Partial<TLSSocket>;
  return typeof getPeerCertificate === 'function' && Object.keys(getPeerCertificate.call(socket) ?? {}).length > 0;
}

/** The headers by which a request asks whether a stored response has changed. */
export type ConditionalHeaders = Readonly<Record<string, string>>;

/**
 * Removes the conditional headers of a request whose response is blocked, so that the response is sent in full. A browser that
 * stored the response while its origin was allowed would take a 304 for "unchanged", and show the script the old headers.
 * @returns the removed headers; `undefined` where there were none
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch (freshening a stored response)
 */
export function removeConditions({ method, headers }: IncomingMessage): ConditionalHeaders | undefined {
  const { 'if-none-match': etag, 'if-modified-since': date } = headers;
  if ((method !== 'GET' && method !== 'HEAD') || (etag === undefined && date === undefined)) {
    return undefined;
  }
  delete headers['if-none-match'];
  delete headers['if-modified-since'];
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(date === undefined ? {} : { 'if-modified-since': date }),
  };
}

/** Gives the request its conditional headers back, for an application around this one. */
export function restoreConditions({ headers }: IncomingMessage, conditions: ConditionalHeaders): void {
  Object.entries(conditions).forEach(([name, value]) => (headers[name] ??= value));
}
