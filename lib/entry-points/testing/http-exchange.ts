import { request as requestOverHttp } from 'node:http';
import { type RequestOptions, request as requestOverHttps } from 'node:https';
import type { Header, HeaderList } from './header-list.js';

/** Where a server listens. */
export interface ServerAddress {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** Whether the certificate has to be one that browsers trust. Default: `false`. */
  readonly trusted?: boolean;
}

/** The method and headers of a request as they were sent. */
export interface SentHead {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
}

/** The status and headers of a response as they came over the socket. */
export interface ReceivedHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderList;
}

/** A response whose body may still be arriving. It is read to its end in any case. */
export interface HttpResponse extends ReceivedHead {
  readonly body: Promise<Buffer>;
  /** Calls the listener with each piece of the body, those that have arrived already included. */
  read(listener: (chunk: Buffer) => void): void;
}

export interface HttpRequest extends SentHead {
  readonly body: Uint8Array | undefined;
}

/** Sends one request over a socket of its own; rejects when no response is received. */
export function sendRequest(address: ServerAddress, sent: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const send = address.secure ? requestOverHttps : requestOverHttp;
    const outgoing = send(requestOptions(address, new URL(sent.url), sent.headers, signal));
    // http.request() would change it to upper case, and browsers send `patch` unchanged.
    outgoing.method = sent.method;
    // A body has its Content-Length among the headers; without one there is nothing to frame.
    outgoing.useChunkedEncodingByDefault = false;
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      const body = new Promise<Buffer>((received, failed) => {
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => received(Buffer.concat(chunks)));
        incoming.on('error', failed);
      });
      // The reader of the body gets the error. Without a reader it is ignored.
      body.catch(() => undefined);
      resolve({
        status: incoming.statusCode ?? 0,
        statusText: incoming.statusMessage ?? '',
        headers: pairs(incoming.rawHeaders),
        body,
        read: (listener) => {
          chunks.forEach(listener);
          incoming.on('data', listener);
        },
      });
    });
    outgoing.end(sent.body);
  });
}

/** The options of a request over a socket of its own. */
export function requestOptions(
  { secure, host, port, trusted }: ServerAddress,
  { pathname, search, hostname }: URL,
  headers: HeaderList,
  signal: AbortSignal,
): RequestOptions {
  return {
    host,
    port,
    path: pathname + search,
    headers: grouped(headers),
    setHost: false,
    agent: false,
    signal,
    // A server on this machine often has a self-signed certificate.
    ...(secure && { rejectUnauthorized: trusted === true, ...(/[a-z]$/i.test(hostname) && { servername: hostname }) }),
  };
}

function grouped(headers: HeaderList): Record<string, string> {
  return Object.fromEntries(headers);
}

/** The header lines of a message of Node.js. */
export function pairs(rawHeaders: readonly string[]): HeaderList {
  const list: Header[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    list.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return list;
}
