import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isSameOrigin } from '../fetch/same-origin.js';

/** Whether a cache may keep the answer, and ask later whether it has changed. */
export function isRetrieval({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Whether a request with this `Origin` comes from the application's own; hosts are as the framework's trust settings give them. */
export function isOwnOrigin(origin: string, raw: IncomingMessage, source: unknown): boolean {
  return isSameOrigin(origin, raw.headers, (source as { host?: string }).host);
}

/**
 * Cookies, and what a browser sends of HTTP authentication: a script's own `Authorization` cannot be told from that.
 * @see https://fetch.spec.whatwg.org/#credentials
 */
export function hasCredentialHeaders({ headers }: IncomingMessage): boolean {
  return headers.cookie !== undefined || headers.authorization !== undefined;
}

/** Whether the connection has a client certificate, which browsers take for credentials, too. */
export function hasClientCertificate({ socket }: IncomingMessage): boolean {
  const { getPeerCertificate } = (socket ?? {}) as Partial<TLSSocket>;
  return typeof getPeerCertificate === 'function' && Object.keys(getPeerCertificate.call(socket) ?? {}).length > 0;
}

/**
 * Has a request whose response is withheld answered in full. A browser that cached the response from when its origin was
 * still allowed asks whether it has changed; it would take a 304 for "no" and go on showing the script the old headers,
 * grant included.
 * @returns the headers that were taken off the request; undefined where there were none
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch (freshening a stored response)
 */
export function ignoreStoredResponse(raw: IncomingMessage): ConditionalHeaders | undefined {
  const { 'if-none-match': etag, 'if-modified-since': date } = raw.headers;
  if (!isRetrieval(raw) || (etag === undefined && date === undefined)) {
    return undefined;
  }
  delete raw.headers['if-none-match'];
  delete raw.headers['if-modified-since'];
  return {
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(date === undefined ? {} : { 'if-modified-since': date }),
  };
}

/** Has the request ask again whether the stored response has changed. */
export function restoreConditions({ headers }: IncomingMessage, conditions: ConditionalHeaders): void {
  Object.entries(conditions).forEach(([name, value]) => (headers[name] ??= value));
}

/** Headers by which a request asks whether a stored response has changed. */
export type ConditionalHeaders = Readonly<Record<string, string>>;
