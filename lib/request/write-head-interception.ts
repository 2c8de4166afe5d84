import { type HeaderCompletion, type ResponseHeaders, areValid, linesOf } from './response-headers.js';

/** The members of a response that the interception uses. */
interface WrittenResponse {
  readonly headersSent: boolean;
  removeHeader(name: string): void;
  appendHeader(name: string, value: string | readonly string[]): unknown;
}

type WriteHead = (this: WrittenResponse, status: unknown, ...more: unknown[]) => unknown;

/**
 * A `writeHead()` that completes responses, for Bun: its HTTP server calls it for every response, and never `_storeHeader()`. Its
 * arguments become stored headers first, as in Node.js.
 *
 * @param completionOf the completion of a response that has one
 * @param headersOf the stored headers of a response
 */
export function completingWriteHead<Response extends WrittenResponse>(
  writeHead: WriteHead,
  completionOf: (response: Response) => HeaderCompletion | undefined,
  headersOf: (response: Response) => ResponseHeaders,
): WriteHead {
  return function completed(this: WrittenResponse, status, ...more) {
    const completion = this.headersSent ? undefined : completionOf(this as Response);
    const lines = linesOf(typeof more[0] === 'string' ? more[1] : (more[0] ?? more[1]));
    // writeHead() throws for invalid headers, and the application may try again.
    if (completion === undefined || lines === undefined || !areValid(lines)) {
      return writeHead.call(this, status, ...more);
    }
    store(this, lines);
    completion.complete(headersOf(this as Response));
    return writeHead.call(this, status, ...more.filter((each) => typeof each === 'string'));
  };
}

/** Replaces stored headers by the argument of `writeHead()`, which may name a header several times. */
function store(response: WrittenResponse, lines: readonly unknown[]): void {
  for (let at = 0; at < lines.length; at += 2) {
    response.removeHeader(String(lines[at]));
  }
  for (let at = 0; at < lines.length; at += 2) {
    response.appendHeader(String(lines[at]), lines[at + 1] as string | readonly string[]);
  }
}
