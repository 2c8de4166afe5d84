import type { IncomingMessage } from 'node:http';
import { headerValue } from '../fetch/preflight-request.js';
import { isSameOrigin } from '../fetch/same-origin.js';
import { type EvaluatedRequest, originOf } from '../request/incoming-request.js';
import { frameworkRequestOf } from './framework-request.js';

/** A request that opens a socket, or goes on with one, as the client sent it. */
export interface Handshake extends EvaluatedRequest {
  readonly raw: IncomingMessage;
  /** Value of `Sec-Fetch-Site`; `undefined` without one. */
  readonly site: string | undefined;
  /** Whether it comes from the origin of the server that it was sent to. Another port is another origin. */
  readonly isFromOwnOrigin: boolean;
}

/** @param instance the application of Express, or the instance of Fastify */
export function readHandshake(raw: IncomingMessage, instance: unknown): Handshake {
  const { method = 'GET', url = '/', headers } = raw;
  const adapterRequest = frameworkRequestOf(instance, raw);
  // Version 8 of the protocol, which ws accepts, has another header for the origin.
  const origin = originOf(headers) ?? (headerValue(headers, 'sec-websocket-origin') || undefined);
  return {
    raw,
    method,
    url,
    origin,
    adapterRequest,
    site: headerValue(headers, 'sec-fetch-site'),
    isFromOwnOrigin: origin !== undefined && isSameOrigin(origin, headers, adapterRequest.host),
  };
}

/**
 * Removes cookies and HTTP authentication from a request before the application sees it.
 * @returns whether there were any
 */
export function removeCredentials(raw: IncomingMessage): boolean {
  const { headers, rawHeaders } = raw;
  if (headers.cookie === undefined && headers.authorization === undefined) {
    return false;
  }
  // Node.js makes `headersDistinct` of `rawHeaders` when it is first read, and throws where a header is gone by then.
  const { headersDistinct } = raw as Partial<IncomingMessage>;
  for (const name of ['cookie', 'authorization']) {
    delete headers[name];
    delete headersDistinct?.[name];
  }
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2) {
    if (/^(?:cookie|authorization)$/i.test(rawHeaders[at] as string)) {
      rawHeaders.splice(at, 2);
    }
  }
  return true;
}
