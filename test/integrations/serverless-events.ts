import type { Received } from '../support/http-client.js';

/** The formats in which API Gateway describes a request to a function, and expects its answer. */
export type EventFormat = '1.0' | '2.0';

export interface EventRequest {
  readonly method: string;
  readonly path: string;
  /** A list stands for several lines. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

/** The event that API Gateway sends for a request. */
export function eventOf(format: EventFormat, { method, path, headers, body = undefined }: EventRequest): object {
  const identity = { sourceIp: '127.0.0.1' };
  const single = Object.entries(headers).map(([name, value]) => [name, [value].flat()] as const);
  if (format === '2.0') {
    return {
      version: '2.0',
      rawPath: path,
      rawQueryString: '',
      // Names in lower case, several lines joined by commas.
      headers: Object.fromEntries(single.map(([name, values]) => [name.toLowerCase(), values.join(',')])),
      requestContext: { http: { method, path, protocol: 'HTTP/1.1', ...identity } },
      body,
      isBase64Encoded: false,
    };
  }
  return {
    version: '1.0',
    resource: '/{proxy+}',
    httpMethod: method,
    path,
    // Names as the client wrote them; the last of several lines, and all of them.
    headers: Object.fromEntries(single.map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: Object.fromEntries(single),
    queryStringParameters: null,
    requestContext: { httpMethod: method, path, identity },
    body: body ?? null,
    isBase64Encoded: false,
  };
}

interface Result {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly multiValueHeaders?: Readonly<Record<string, string[]>>;
  readonly body?: string;
}

/** What a client gets of a function's result. A header that stands twice in it is there twice. */
export function receivedOf({ statusCode, headers = {}, multiValueHeaders = {}, body = '' }: Result): Received {
  const lines = [
    ...Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]] as const),
    ...Object.entries(multiValueHeaders).map(([name, values]) => [name.toLowerCase(), values] as const),
  ].flatMap(([name, values]) => values.map((value) => [name, value] as const));
  return { status: statusCode, headers: Object.fromEntries(lines), rawHeaders: lines.flat(), body };
}
