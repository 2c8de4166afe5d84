import type { ServerResponse } from 'node:http';
import { Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';
import { isNodeResponse } from './node-objects.js';
import { GivenHeaders, type HeaderLine, type ResponseHeaders, StoredHeaders } from './response-headers.js';

/** Has the last word on the headers of a response. May be asked again where a first attempt to write them failed. */
export interface HeaderCompletion {
  /** Never throws: an error here would become the application's. */
  complete(headers: ResponseHeaders): void;
}

/** Takes a response's headers in the form that Node.js has brought them into. */
type Store = ((this: unknown, ...args: never[]) => unknown) & { [COMPLETION]?: HeaderCompletion | undefined };

// A registered symbol: both builds of the package share it.
const COMPLETION = Symbol.for('nestjs-cors:completion');

/**
 * Has the completion called when Node.js writes the headers of the response, in the place of an earlier one.
 *
 * It stands where Node.js has read the arguments of `writeHead()` and its kin already: in front of
 * `OutgoingMessage._storeHeader()`, or of the HTTP/2 stream's `respond()`. Every way of writing headers leads there,
 * whatever the application does to the response's prototype or to its public methods.
 *
 * @returns whether the response can be completed; one that Node.js did not make cannot
 * @see https://github.com/nodejs/node/blob/v20.x/lib/_http_server.js (ServerResponse.writeHead)
 */
export function completeOnWrite(response: ServerResponse, completion: HeaderCompletion | undefined): boolean {
  const owner = ownerOf(response);
  if (owner === undefined) {
    return false;
  }
  const [object, methods] = owner;
  for (const { name, intercepted } of methods) {
    const store = object[name];
    if (store === undefined) {
      return false;
    }
    if (COMPLETION in store) {
      store[COMPLETION] = completion;
    } else if (completion !== undefined) {
      const replacement: Store = intercepted(response, store);
      replacement[COMPLETION] = completion;
      object[name] = replacement;
    }
  }
  return true;
}

/** The completion that a response has. */
export function completionOf(response: ServerResponse): HeaderCompletion | undefined {
  const owner = ownerOf(response);
  return owner?.[0][(owner[1][0] as Interception).name]?.[COMPLETION];
}

/** One of Node.js's methods that write headers. */
interface Interception {
  readonly name: string;
  /** A function that completes the headers, and calls the one that was there. */
  intercepted(response: ServerResponse, store: Store): Store;
}

type Owner = readonly [object: Record<string, Store | undefined>, methods: readonly Interception[]];

function ownerOf(response: ServerResponse): Owner | undefined {
  if (!isNodeResponse(response)) {
    return undefined;
  }
  if (response instanceof Http2ServerResponse) {
    const stream = (response as Http2ServerResponse).stream as ServerHttp2Stream | undefined;
    return stream && [stream as unknown as Owner[0], HTTP2];
  }
  return [response as unknown as Owner[0], HTTP1];
}

const HTTP1: readonly Interception[] = [
  {
    name: '_storeHeader',
    intercepted: (_response, store) =>
      function storeHeader(this: ServerResponse, firstLine: string, headers: unknown): unknown {
        const completion = storeHeader[COMPLETION as keyof typeof storeHeader] as HeaderCompletion | undefined;
        const completed = completion === undefined ? headers : completedHttp1(this, headers, completion);
        return (store as (...args: unknown[]) => unknown).call(this, firstLine, completed);
      } as Store,
  },
];

/** What Node.js stores in the place of `headers`: the map of stored headers, or what `writeHead()` was given. */
function completedHttp1(response: ServerResponse, headers: unknown, completion: HeaderCompletion): unknown {
  const stored = new StoredHeaders(response);
  // With headers stored, Node.js has added to them what writeHead() was given.
  if (stored.names().length > 0) {
    completion.complete(stored);
    return headers;
  }
  const lines = linesOf(headers);
  if (lines === undefined) {
    return headers;
  }
  if (lines.length > 0) {
    const given = new GivenHeaders(lines);
    completion.complete(given);
    return given.all;
  }
  // Nothing is there: stored, the headers can be read from the response afterwards. They are in `headers` if that is
  // the map of stored headers; otherwise Node.js wants to be handed them.
  completion.complete(stored);
  return hasOwnNames(headers) ? headers : stored.pairs();
}

/** Every way of HTTP/2 to send the headers of a response, with the position of the headers among the arguments. */
const HTTP2: readonly Interception[] = (
  [
    ['respond', 0],
    ['respondWithFD', 1],
    ['respondWithFile', 1],
  ] as const
).map(([name, position]) => ({
  name,
  intercepted: (response, store) =>
    function respond(this: unknown, ...args: unknown[]): unknown {
      const completion = respond[COMPLETION as keyof typeof respond] as HeaderCompletion | undefined;
      if (completion !== undefined) {
        args[position] = completedHttp2(response, args[position], completion);
      }
      return (store as (...given: unknown[]) => unknown).apply(this, args);
    } as Store,
}));

function completedHttp2(response: ServerResponse, headers: unknown, completion: HeaderCompletion): unknown {
  const lines = linesOf(headers);
  if (lines === undefined) {
    return headers;
  }
  const given = new GivenHeaders(lines);
  completion.complete(given);
  if (Array.isArray(headers)) {
    return given.all.flat();
  }
  storeForReaders(response, given);
  const symbols = Object.getOwnPropertySymbols(headers ?? {}).map((symbol) => [
    symbol,
    (headers as Record<symbol, unknown>)[symbol],
  ]);
  const written = given.all.map(([name, value]) => [isOurs(name) ? String(name).toLowerCase() : name, value]);
  return Object.assign(Object.create(null), Object.fromEntries([...written, ...symbols]));
}

/** Lets whoever reads the headers from the response afterwards, as loggers do, see what was sent. */
function storeForReaders(response: ServerResponse, given: ResponseHeaders): void {
  if (response.headersSent) {
    return;
  }
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

const COMPLETED = [
  'vary',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
];

function isOurs(name: unknown): boolean {
  return COMPLETED.includes(String(name).toLowerCase());
}

/**
 * The lines of what `writeHead()` was given, read as Node.js reads them: a list of names and values, a list of pairs, or the
 * own enumerable properties of anything else. `undefined`: Node.js will throw.
 */
function linesOf(headers: unknown): readonly HeaderLine[] | undefined {
  if (!headers) {
    return [];
  }
  if (!Array.isArray(headers)) {
    const lines: HeaderLine[] = [];
    for (const name in headers) {
      if (Object.hasOwn(headers, name)) {
        lines.push([name, (headers as Record<string, unknown>)[name]]);
      }
    }
    return lines;
  }
  const list = headers as unknown[];
  if (Array.isArray(list[0])) {
    return list.map((pair) => [(pair as unknown[])[0], (pair as unknown[])[1]]);
  }
  if (list.length % 2 !== 0) {
    return undefined;
  }
  return Array.from({ length: list.length / 2 }, (_, index) => [list[index * 2], list[index * 2 + 1]]);
}

function hasOwnNames(headers: unknown): boolean {
  return typeof headers === 'object' && headers !== null && Object.keys(headers).length > 0;
}
