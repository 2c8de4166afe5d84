import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import {
  COMPLETED_HEADERS,
  type Completions,
  GivenHeaders,
  type HeaderCompletion,
  type ResponseHeaders,
  interceptOnce,
  linesOf,
  storeForReaders,
} from './response-headers.js';

type StatCheck = (this: unknown, stat: unknown, headers: Record<string, unknown>, ...others: unknown[]) => unknown;

const responsesOfStreams = new WeakMap<object, ServerResponse>();

/** The stream that sends the headers of an HTTP/2 response; `undefined` for other responses, and where it is gone. */
export function streamOf(response: unknown): object | undefined {
  return response instanceof Http2ServerResponse ? (response.stream as object | undefined) : undefined;
}

/** Has the completion called when Node.js writes the headers of a stream. Undefined: the response is left alone. */
export function completeStream(
  stream: object,
  response: ServerResponse,
  completion: HeaderCompletion | undefined,
): void {
  const completions = completionsOf(stream);
  if (completion === undefined) {
    completions.delete(stream);
  } else {
    completions.set(stream, completion);
    responsesOfStreams.set(stream, response);
  }
}

/** The completion that a stream has. */
export function completionOfStream(stream: object): HeaderCompletion | undefined {
  return completionsOf(stream).get(stream);
}

/** Intercepts the methods that send headers. The class of streams is not public: the first stream shows it. */
function completionsOf(stream: object): Completions {
  return interceptOnce(Object.getPrototypeOf(stream) as object, (methods, completions) => {
    const positions = { respond: 0, respondWithFD: 1, respondWithFile: 1 };
    for (const [name, position] of Object.entries(positions)) {
      const original = methods[name];
      methods[name] = function (this: object, ...args: unknown[]): unknown {
        const completion = completions.get(this);
        if (completion !== undefined) {
          args[position] = completedHeaders(responsesOfStreams.get(this), args[position], completion);
          completeAfterStatCheck(args, completion);
        }
        return original?.apply(this, args);
      };
    }
  });
}

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
    given.all.forEach(([name, value]) => (headers[String(name).toLowerCase()] = value));
    return result;
  };
  args[2] = { ...options, statCheck: checked };
}

function completedHeaders(
  response: ServerResponse | undefined,
  headers: unknown,
  completion: HeaderCompletion,
): unknown {
  // Node.js takes undefined for no headers, and throws for whatever else is no object.
  const isTaken = headers === undefined || (typeof headers === 'object' && headers !== null);
  const lines = isTaken ? linesOf(headers) : undefined;
  if (lines === undefined) {
    return headers;
  }
  const given = new GivenHeaders(lines);
  completion.complete(given);
  if (Array.isArray(headers)) {
    return given.all.flat();
  }
  if (response !== undefined && !response.headersSent) {
    storeForReaders(storedHeaders(response), given);
  }
  const written = Object.create(null) as Record<string | symbol, unknown>;
  for (const [name, value] of given.all) {
    const text = String(name);
    written[COMPLETED_HEADERS.has(text.toLowerCase()) ? text.toLowerCase() : text] = value;
  }
  for (const symbol of Object.getOwnPropertySymbols(headers ?? {})) {
    written[symbol] = (headers as Record<symbol, unknown>)[symbol];
  }
  return written;
}

/** The methods of the class: the application may have replaced those of the response. */
function storedHeaders(response: ServerResponse): Pick<ResponseHeaders, 'set' | 'remove'> {
  const { setHeader, removeHeader } = Http2ServerResponse.prototype;
  return {
    set: (name, value) => void setHeader.call(response as never, name, value),
    remove: (name) => removeHeader.call(response as never, name),
  };
}
