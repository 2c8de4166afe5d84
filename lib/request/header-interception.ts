import { OutgoingMessage, ServerResponse } from 'node:http';
import { http2 } from '../support/http2.cjs';
import {
  GivenHeaders,
  type HeaderCompletion,
  NO_LINES,
  type ResponseHeaders,
  areValid,
  hasLines,
  linesOf,
  storeForReaders,
  valuesOf,
} from './response-headers.js';
import { interceptStreams } from './stream-interception.js';
import { completingWriteHead } from './write-head-interception.js';

/**
 * Keyed by the object of Node.js that sends the headers: the response, or the stream of an HTTP/2 response. An entry is deleted
 * when the headers are written. Its completion refers to the response, and V8 keeps such a cycle until it collects the old
 * generation (docs/performance.md).
 */
type Completions = WeakMap<object, HeaderCompletion>;

/** The HTTP/2 responses whose streams have a completion. */
const responsesOfStreams = new WeakMap<object, ServerResponse>();

let http1: Completions | undefined;

/**
 * Calls the completion when Node.js writes the headers of the response. A later completion replaces an earlier one.
 *
 * The interception replaces `ServerResponse._storeHeader()`, or the methods of an HTTP/2 stream, because every way of writing
 * headers leads there. Node.js has read the arguments of `writeHead()` by then.
 *
 * The classes of Node.js are intercepted once per process, and responses are found by identity. So nothing that the application
 * does to the prototype or the methods of a response disables it.
 *
 * @param completion undefined: the response is left alone
 * @returns whether the response can be completed; one that Node.js did not make cannot
 * @see https://github.com/nodejs/node/blob/v20.x/lib/_http_server.js (ServerResponse.writeHead)
 */
export function completeOnWrite(response: ServerResponse, completion: HeaderCompletion | undefined): boolean {
  const sender = response instanceof ServerResponse ? response : streamOf(response);
  if (sender === undefined) {
    return false;
  }
  const completions = sender === response ? (http1 ??= interceptHttp1()) : interceptHttp2(sender);
  if (completion === undefined) {
    completions.delete(sender);
  } else {
    completions.set(sender, completion);
    if (sender !== response) {
      responsesOfStreams.set(sender, response);
    }
  }
  return true;
}

/** The completion that a response has until its headers are written. */
export function completionOf(response: ServerResponse): HeaderCompletion | undefined {
  if (response instanceof ServerResponse) {
    return http1?.get(response);
  }
  const stream = streamOf(response);
  return stream && interceptHttp2(stream).get(stream);
}

/** The stream that sends the headers of an HTTP/2 response; `undefined` for other responses, and where it is gone. */
function streamOf(response: unknown): object | undefined {
  return response instanceof http2().Http2ServerResponse ? (response.stream as object | undefined) : undefined;
}

/** A registered symbol: the builds of the package share the completions that stand under it. */
const COMPLETIONS = Symbol.for('nestjs-cors:completions');

/** The prototype of a class of Node.js whose methods are intercepted. */
type Intercepted = Record<string, (...args: unknown[]) => unknown> & { [COMPLETIONS]?: Completions };

/** Intercepts a class of Node.js once per process, whichever build of the package is loaded first. */
function interceptOnce(
  prototype: object,
  intercept: (methods: Intercepted, completions: Completions) => void,
): Completions {
  const methods = prototype as Intercepted;
  const known = Object.hasOwn(methods, COMPLETIONS) ? methods[COMPLETIONS] : undefined;
  if (known !== undefined) {
    return known;
  }
  const completions: Completions = new WeakMap();
  Object.defineProperty(methods, COMPLETIONS, { value: completions });
  intercept(methods, completions);
  return completions;
}

/** Response headers that Node.js is given all at once. If something has added headers meanwhile, they are completed as well. */
export interface WholeHead extends HeaderCompletion {
  /** Names and values in turn. */
  readonly lines: readonly string[];
}

/** The response that is being ended. A WeakMap entry would cost more than all of its headers. */
let ending: { readonly response: ServerResponse; readonly head: WholeHead } | undefined;
/** Whether this build of the package has intercepted the class. The other build cannot see `ending`. */
let isOwnInterception = false;

/**
 * Ends a response with complete headers, which replace others. They take effect where Node.js writes headers, so functions around
 * the methods of the response see ordinary calls. Node.js does not store them, so nothing can read them from the response.
 * @returns whether it has been ended; a response that Node.js did not make, or that has headers already, is not
 */
export function endWith(response: ServerResponse, status: number, head: WholeHead): boolean {
  http1 ??= interceptHttp1();
  if (!isOwnInterception || !(response instanceof ServerResponse) || response.getHeaderNames().length > 0) {
    return false;
  }
  ending = { response, head };
  try {
    response.statusCode = status;
    response.end();
  } finally {
    ending = undefined;
  }
  if (!response.headersSent) {
    // Something has deferred writing the headers.
    completeOnWrite(response, head);
  }
  return true;
}

/** Intercepts the method that stores the headers of HTTP/1.1. */
function interceptHttp1(): Completions {
  return interceptOnce(ServerResponse.prototype, (methods, completions) => {
    if (process.versions['bun'] !== undefined) {
      methods['writeHead'] = completingWriteHead(
        methods['writeHead'] as never,
        (response: ServerResponse) => completions.get(response),
        (response) => new StoredHeaders(response),
      );
      return;
    }
    const original = methods['_storeHeader'];
    isOwnInterception = true;
    methods['_storeHeader'] = function _storeHeader(this: ServerResponse, firstLine: unknown, headers: unknown) {
      if (ending?.response === this) {
        const { head } = ending;
        return original?.call(
          this,
          firstLine,
          headers === undefined ? head.lines : completedHeaders(this, headers, head),
        );
      }
      const completion = completions.get(this);
      if (completion === undefined) {
        return original?.call(this, firstLine, headers);
      }
      const result = original?.call(this, firstLine, completedHeaders(this, headers, completion));
      if (completion.isKept !== true) {
        completions.delete(this);
      }
      return result;
    };
  });
}

/** What Node.js stores instead of `headers`, which is the map of stored headers or the argument of `writeHead()`. */
function completedHeaders(response: ServerResponse, headers: unknown, completion: HeaderCompletion): unknown {
  const stored = new StoredHeaders(response);
  // With headers stored, Node.js has added to them what writeHead() was given.
  if (METHODS.getHeaderNames.call(response).length > 0) {
    completion.complete(stored);
    return headers;
  }
  const lines = linesOf(headers);
  if (lines === undefined || !areValid(lines)) {
    // Node.js will throw, and the application may try again.
    return headers;
  }
  if (lines.length > 0) {
    const given = new GivenHeaders(lines);
    completion.complete(given);
    storeForReaders(stored, given);
    return lines;
  }
  // Nothing is there: stored, the headers can be read from the response afterwards. They are in `headers` if that is
  // the map of stored headers; otherwise Node.js needs them in its arguments.
  completion.complete(stored);
  return typeof headers === 'object' && headers !== null && Object.keys(headers).length > 0 ? headers : stored.pairs();
}

/** The class of streams is not public: the first stream shows it. */
function interceptHttp2(stream: object): Completions {
  return interceptOnce(Object.getPrototypeOf(stream) as object, (methods, completions) =>
    interceptStreams(methods, completions, responsesOfStreams),
  );
}

type HeaderMethods = Pick<ServerResponse, 'getHeader' | 'setHeader' | 'removeHeader' | 'getHeaderNames'> & {
  /** The types of Node.js have it on requests only. */
  getRawHeaderNames(): string[];
};

/** The class's own methods: the application may have replaced those of a response. */
const METHODS = OutgoingMessage.prototype as unknown as HeaderMethods;

/** Headers that `setHeader()` has put on a response of HTTP/1.1. */
export class StoredHeaders implements ResponseHeaders {
  constructor(private readonly response: ServerResponse) {}

  lines(name: string): readonly string[] {
    const value = METHODS.getHeader.call(this.response, name);
    return value === undefined ? NO_LINES : valuesOf(value);
  }

  set(name: string, value: string): void {
    METHODS.setHeader.call(this.response, name, value);
  }

  remove(name: string): void {
    METHODS.removeHeader.call(this.response, name);
  }

  names(): string[] {
    const { response } = this;
    return METHODS.getHeaderNames.call(response).filter((name) => hasLines(METHODS.getHeader.call(response, name)));
  }

  /** Names and values as they were written. */
  pairs(): readonly (readonly [name: string, value: unknown])[] {
    const names = METHODS.getRawHeaderNames.call(this.response);
    return names.map((name) => [name, METHODS.getHeader.call(this.response, name)]);
  }
}
