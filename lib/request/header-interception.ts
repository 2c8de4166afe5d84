import { ServerResponse } from 'node:http';
import { Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';
import { isValid, linesOf } from './given-lines.js';
import { GivenHeaders, type ResponseHeaders, StoredHeaders } from './response-headers.js';

/** Has the last word on the headers of a response. May be asked again where a first attempt to write them failed. */
export interface HeaderCompletion {
  /** Never throws: an error here would become the application's. */
  complete(headers: ResponseHeaders): void;
}

// A registered symbol: the builds of the package share what stands under it.
const COMPLETIONS = Symbol.for('nestjs-cors:completions');

/** Methods of Node.js that take a response's headers in the form that it has brought them into. */
type Methods = Record<string, (...args: unknown[]) => unknown> & {
  [COMPLETIONS]?: WeakMap<object, HeaderCompletion>;
};

/**
 * Has the completion called when Node.js writes the headers of the response, in the place of an earlier one.
 *
 * It stands where Node.js has read the arguments of `writeHead()` and its kin already: in front of
 * `ServerResponse._storeHeader()`, or of the HTTP/2 stream's `respond()`. Every way of writing headers leads there. It
 * stands on the classes of Node.js, once per process, and looks responses up by identity: whatever the application does to
 * the prototype or to the methods of a response changes nothing.
 *
 * @param completion undefined: the response is left alone
 * @returns whether the response can be completed; one that Node.js did not make cannot
 * @see https://github.com/nodejs/node/blob/v20.x/lib/_http_server.js (ServerResponse.writeHead)
 */
export function completeOnWrite(response: ServerResponse, completion: HeaderCompletion | undefined): boolean {
  const key = keyOf(response);
  if (key === undefined) {
    return false;
  }
  const completions = key === response ? completionsOfHttp1() : completionsOfHttp2(key);
  if (completion === undefined) {
    completions.delete(key);
  } else {
    completions.set(key, completion);
    if (key !== response) {
      responsesOfStreams.set(key, response);
    }
  }
  return true;
}

/** The completion that a response has. */
export function completionOf(response: ServerResponse): HeaderCompletion | undefined {
  const key = keyOf(response);
  if (key === undefined) {
    return undefined;
  }
  return (key === response ? completionsOfHttp1() : completionsOfHttp2(key)).get(key);
}

/** The object of Node.js that sends the headers: the response itself, or the stream of an HTTP/2 response. */
function keyOf(response: ServerResponse): object | undefined {
  if (response instanceof ServerResponse) {
    return response;
  }
  return (response as unknown) instanceof Http2ServerResponse
    ? ((response as unknown as Http2ServerResponse).stream as ServerHttp2Stream | undefined)
    : undefined;
}

let http1: WeakMap<object, HeaderCompletion> | undefined;

function completionsOfHttp1(): WeakMap<object, HeaderCompletion> {
  http1 ??= intercept(ServerResponse.prototype, {
    _storeHeader: (response, args, completion) => [
      args[0],
      completedHttp1(response as ServerResponse, args[1], completion),
    ],
  });
  return http1;
}

const responsesOfStreams = new WeakMap<object, ServerResponse>();

/** The class of HTTP/2 streams is not public: it is met with the first stream. */
function completionsOfHttp2(stream: object): WeakMap<object, HeaderCompletion> {
  const headersAt =
    (position: number): Interception =>
    (target, args, completion) => {
      // The application may leave the headers out, and everything after them.
      const given = [...args];
      given[position] = completedHttp2(responsesOfStreams.get(target), args[position], completion);
      return withStatCheck(given, completion);
    };
  return intercept(Object.getPrototypeOf(stream) as object, {
    respond: headersAt(0),
    respondWithFD: headersAt(1),
    respondWithFile: headersAt(1),
  });
}

/** `respondWithFile()` and `respondWithFD()` let a function of their options change the headers afterwards. */
function withStatCheck(args: unknown[], completion: HeaderCompletion): unknown[] {
  const options = args[2] as { statCheck?: StatCheck } | undefined;
  if (typeof options?.statCheck !== 'function') {
    return args;
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
  return args.with(2, { ...options, statCheck: checked });
}

type StatCheck = (this: unknown, stat: unknown, headers: Record<string, unknown>, ...others: unknown[]) => unknown;

/** The arguments of a method with completed headers. */
type Interception = (target: object, args: unknown[], completion: HeaderCompletion) => unknown[];

/** Puts interceptions in front of a class's methods, unless that was done before. */
function intercept(
  prototype: object,
  interceptions: Readonly<Record<string, Interception>>,
): WeakMap<object, HeaderCompletion> {
  const methods = prototype as Methods;
  const known = Object.hasOwn(methods, COMPLETIONS) ? methods[COMPLETIONS] : undefined;
  if (known !== undefined) {
    return known;
  }
  const completions = new WeakMap<object, HeaderCompletion>();
  Object.defineProperty(methods, COMPLETIONS, { value: completions });
  for (const [name, completed] of Object.entries(interceptions)) {
    const original = methods[name];
    methods[name] = function (this: object, ...args: unknown[]): unknown {
      const completion = completions.get(this);
      return original?.apply(this, completion === undefined ? args : completed(this, args, completion));
    };
  }
  return completions;
}

/** What Node.js stores in the place of `headers`: the map of stored headers, or what `writeHead()` was given. */
function completedHttp1(response: ServerResponse, headers: unknown, completion: HeaderCompletion): unknown {
  const stored = new StoredHeaders(response);
  // With headers stored, Node.js has added to them what writeHead() was given.
  if (stored.isStarted()) {
    completion.complete(stored);
    return headers;
  }
  const lines = linesOf(headers);
  if (lines === undefined) {
    return headers;
  }
  if (lines.length > 0) {
    if (!lines.every(isValid)) {
      // Node.js will throw, and the application may try again.
      return headers;
    }
    const given = new GivenHeaders(lines);
    completion.complete(given);
    storeForReaders(response, given);
    return given.all;
  }
  // Nothing is there: stored, the headers can be read from the response afterwards. They are in `headers` if that is
  // the map of stored headers; otherwise Node.js wants to be handed them.
  completion.complete(stored);
  return hasOwnNames(headers) ? headers : stored.pairs();
}

function completedHttp2(response: ServerResponse | undefined, headers: unknown, completion: HeaderCompletion): unknown {
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
    storeForReaders(response, given);
  }
  const written = Object.create(null) as Record<string | symbol, unknown>;
  for (const [name, value] of given.all) {
    const text = String(name);
    written[COMPLETED.has(text.toLowerCase()) ? text.toLowerCase() : text] = value;
  }
  for (const symbol of Object.getOwnPropertySymbols(headers ?? {})) {
    written[symbol] = (headers as Record<symbol, unknown>)[symbol];
  }
  return written;
}

/** Lets whoever reads the headers from the response afterwards, as loggers do, see what was sent. */
function storeForReaders(response: ServerResponse, given: ResponseHeaders): void {
  const stored = new StoredHeaders(response);
  for (const name of COMPLETED) {
    const [value] = given.lines(name);
    if (value === undefined) {
      stored.remove(name);
    } else {
      stored.set(name, value);
    }
  }
}

const COMPLETED: ReadonlySet<string> = new Set([
  'vary',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
]);

function hasOwnNames(headers: unknown): boolean {
  return typeof headers === 'object' && headers !== null && Object.keys(headers).length > 0;
}
