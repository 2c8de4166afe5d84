import type { ServerResponse } from 'node:http';
import { http2 } from '../support/http2.cjs';
import {
  COMPLETED_HEADERS,
  GivenHeaders,
  type HeaderCompletion,
  type ResponseHeaders,
  linesOf,
  storeForReaders,
} from './response-headers.js';

/** The methods of an HTTP/2 stream that send headers, with the position of the headers among their arguments. */
const HEADERS_AT = { respond: 0, respondWithFD: 1, respondWithFile: 1 };

/**
 * Intercepts the methods of HTTP/2 streams that send headers.
 * @param completions by stream; an entry is deleted when the headers of the stream are written
 * @param responses the response that a stream belongs to, where it has a completion
 */
export function interceptStreams(
  methods: Record<string, (...args: unknown[]) => unknown>,
  completions: WeakMap<object, HeaderCompletion>,
  responses: WeakMap<object, ServerResponse>,
): void {
  for (const [name, position] of Object.entries(HEADERS_AT)) {
    const original = methods[name];
    methods[name] = function (this: { readonly headersSent: boolean }, ...args: unknown[]): unknown {
      const completion = completions.get(this);
      if (completion === undefined) {
        return original?.apply(this, args);
      }
      args[position] = completedStreamHeaders(responses.get(this), args[position], completion);
      completeAfterStatCheck(args, completion);
      const result = original?.apply(this, args);
      // A file that cannot be opened leaves the headers unsent, and the application may send others.
      if (this.headersSent && completion.isKept !== true) {
        completions.delete(this);
        responses.delete(this);
      }
      return result;
    };
  }
}

type StatCheck = (this: unknown, stat: unknown, headers: Record<string, unknown>, ...others: unknown[]) => unknown;

/** `respondWithFile()` and `respondWithFD()` let a function of their options change the headers afterwards. */
function completeAfterStatCheck(args: unknown[], completion: HeaderCompletion): void {
  const options = args[2] as { statCheck?: StatCheck } | undefined;
  if (typeof options?.statCheck !== 'function') {
    return;
  }
  const { statCheck } = options;
  const checked: StatCheck = function (stat, headers, ...others) {
    const result = statCheck.call(this, stat, headers, ...others);
    const given = new GivenHeaders(linesOf(headers) ?? []);
    completion.complete(given);
    Object.keys(headers).forEach((name) => delete headers[name]);
    eachLine(given, (name, value) => (headers[name.toLowerCase()] = value));
    return result;
  };
  args[2] = { ...options, statCheck: checked };
}

/** What Node.js sends instead of the headers that were passed to a method of a stream. */
function completedStreamHeaders(
  response: ServerResponse | undefined,
  headers: unknown,
  completion: HeaderCompletion,
): unknown {
  // Node.js reads undefined as no headers, and throws for anything else that is not an object.
  const isTaken = headers === undefined || (typeof headers === 'object' && headers !== null);
  const lines = isTaken ? linesOf(headers) : undefined;
  if (lines === undefined) {
    return headers;
  }
  const given = new GivenHeaders(lines);
  completion.complete(given);
  if (Array.isArray(headers)) {
    return given.all;
  }
  if (response !== undefined && !response.headersSent) {
    const stored = storedHeaders(response);
    COMPLETED_HEADERS.forEach((name) => stored.remove(name));
    storeForReaders(stored, given);
  }
  const written = Object.create(null) as Record<string | symbol, unknown>;
  eachLine(given, (name, value) => {
    written[COMPLETED_HEADERS.has(name.toLowerCase()) ? name.toLowerCase() : name] = value;
  });
  for (const symbol of Object.getOwnPropertySymbols(headers ?? {})) {
    written[symbol] = (headers as Record<symbol, unknown>)[symbol];
  }
  return written;
}

function eachLine({ all }: GivenHeaders, use: (name: string, value: unknown) => void): void {
  for (let at = 0; at < all.length; at += 2) {
    use(String(all[at]), all[at + 1]);
  }
}

/** The methods of the class, because the application may have replaced those of the response. */
function storedHeaders(response: ServerResponse): Pick<ResponseHeaders, 'set' | 'remove'> {
  const { setHeader, removeHeader } = http2().Http2ServerResponse.prototype;
  return {
    set: (name, value) => void setHeader.call(response as never, name, value),
    remove: (name) => removeHeader.call(response as never, name),
  };
}
