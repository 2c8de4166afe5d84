import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { CanActivate, ExecutionContext } from '@nestjs/common';

/** What Node.js made of the bytes of a request, before any framework or library saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly http2: boolean;
  /** Of each header that matters the values, one per line that was sent. */
  readonly origin: readonly string[];
  readonly requestMethod: readonly string[];
  readonly requestHeaders: readonly string[];
  readonly host: readonly string[];
  readonly version: readonly string[];
  readonly site: readonly string[];
  /** The number that the generator gave the request. */
  readonly index: readonly string[];
}

/** Longer than anything that decides: what is cut here is refused for its length. */
const LONGEST = 9000;

const NAMES = {
  origin: 'origin',
  requestMethod: 'access-control-request-method',
  requestHeaders: 'access-control-request-headers',
  host: 'host',
  version: 'x-api-version',
  site: 'sec-fetch-site',
  index: 'x-index',
} as const;

/** Has the response tell what request it answers, so that no answer can be taken for another request's. */
export function tellWhatIsSeen(request: IncomingMessage | Http2ServerRequest, response: ServerResponse): void {
  const { rawHeaders } = request;
  const values = (...names: string[]): string[] =>
    rawHeaders.flatMap((_, at) =>
      at % 2 === 0 && names.includes(rawHeaders[at]?.toLowerCase() ?? '')
        ? [(rawHeaders[at + 1] ?? '').slice(0, LONGEST)]
        : [],
    );
  const seen: Seen = {
    method: request.method ?? '',
    url: (request.url ?? '').slice(0, LONGEST),
    http2: request.httpVersionMajor === 2,
    origin: values(NAMES.origin),
    requestMethod: values(NAMES.requestMethod),
    requestHeaders: values(NAMES.requestHeaders),
    host: values(NAMES.host, ':authority'),
    version: values(NAMES.version),
    site: values(NAMES.site),
    index: values(NAMES.index),
  };
  response.setHeader('X-Seen', Buffer.from(JSON.stringify(seen)).toString('base64url'));
}

/** Has the response tell which handler Nest dispatched to: `policy.method`. Runs before every other guard. */
export class TellReached implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const response = context.switchToHttp().getResponse<ServerResponse & { raw?: ServerResponse }>();
    (response.raw ?? response).setHeader('X-Reached', `${context.getClass().name}.${context.getHandler().name}`);
    return true;
  }
}
