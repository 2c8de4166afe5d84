import { type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';

/** The headers of a response at the moment when they are written, open for changes. Names are compared in lower case. */
export interface ResponseHeaders {
  /**
   * The values of the header, one for each of its lines.
   * @param name in lower case
   */
  lines(name: string): readonly string[];
  /** Replaces every line of the header by one. */
  set(name: string, value: string): void;
  remove(name: string): void;
  /** Names in lower case. */
  names(): string[];
}

/** Removes the headers of CORS that anything has written. */
export function removeCors(headers: ResponseHeaders): void {
  for (const name of headers.names()) {
    if (name.startsWith('access-control-')) {
      headers.remove(name);
    }
  }
}

/** Writes the final headers of a response. It may be called again if a first attempt to write them failed. */
export interface HeaderCompletion {
  /** Whether something reads the completion after the headers are written. */
  readonly isKept?: boolean;
  /** Must not throw, because the error would become the application's. */
  complete(headers: ResponseHeaders): void;
}

/** The headers that a completion may write. */
export const COMPLETED_HEADERS: ReadonlySet<string> = new Set([
  'vary',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
]);

/** The headers of a response that Node.js did not make. They are written at once, because nothing shows when it is sent. */
export class PlainHeaders implements ResponseHeaders {
  constructor(private readonly response: ServerResponse) {}

  lines(name: string): readonly string[] {
    return valuesOf(this.response.getHeader(name));
  }

  set(name: string, value: string): void {
    this.response.setHeader(name, value);
  }

  remove(name: string): void {
    this.response.removeHeader(name);
  }

  names(): string[] {
    return this.response.getHeaderNames();
  }
}

/** Most headers that a completion reads are absent. */
export const NO_LINES: readonly string[] = [];

/** Header lines that were passed to `writeHead()`, and are not stored on the response. */
export class GivenHeaders implements ResponseHeaders {
  /** The name of each line in lower case, because several names are looked for. */
  private readonly keys: string[] = [];

  /** @param all names and values in turn */
  constructor(readonly all: unknown[]) {
    for (let at = 0; at < all.length; at += 2) {
      this.keys.push(String(all[at]).toLowerCase());
    }
  }

  lines(name: string): readonly string[] {
    let found = NO_LINES;
    for (let line = this.keys.indexOf(name); line !== -1; line = this.keys.indexOf(name, line + 1)) {
      const values = valuesOf(this.all[2 * line + 1]);
      found = found.length === 0 ? values : [...found, ...values];
    }
    return found;
  }

  set(name: string, value: string): void {
    const key = name.toLowerCase();
    const line = this.keys.indexOf(key);
    if (line === -1) {
      this.keys.push(key);
      this.all.push(name, value);
    } else {
      this.all[2 * line + 1] = value;
      this.removeFrom(line + 1, key);
    }
  }

  remove(name: string): void {
    this.removeFrom(0, name.toLowerCase());
  }

  names(): string[] {
    return this.keys.filter((key, line) => this.keys.indexOf(key) === line && this.lines(key).length > 0);
  }

  private removeFrom(first: number, key: string): void {
    for (let line = this.keys.indexOf(key, first); line !== -1; line = this.keys.indexOf(key, line)) {
      this.keys.splice(line, 1);
      this.all.splice(2 * line, 2);
    }
  }
}

/** Lets code that reads the headers from the response afterwards, as loggers do, see what was sent. */
export function storeForReaders(stored: Pick<ResponseHeaders, 'set'>, given: GivenHeaders): void {
  for (const name of COMPLETED_HEADERS) {
    const value = given.lines(name)[0];
    if (value !== undefined) {
      stored.set(name, value);
    }
  }
}

/**
 * The lines of the argument of `writeHead()`, read as Node.js reads them: a list of names and values, a list of pairs, or the own
 * enumerable properties of anything else.
 * @returns a list of its own, with names and values in turn; `undefined` where Node.js will throw
 */
export function linesOf(headers: unknown): unknown[] | undefined {
  const lines: unknown[] = [];
  if (!Array.isArray(headers)) {
    for (const name in headers as object) {
      if (Object.hasOwn(headers as object, name)) {
        lines.push(name, (headers as Record<string, unknown>)[name]);
      }
    }
    return lines;
  }
  const list = headers as unknown[];
  if (Array.isArray(list[0])) {
    for (const pair of list as unknown[][]) {
      lines.push(pair[0], pair[1]);
    }
    return lines;
  }
  return list.length % 2 === 0 ? [...list] : undefined;
}

/**
 * Whether Node.js would send the lines. Node.js must receive what it refuses, even if the policy would replace it.
 * @param lines names and values in turn
 */
export function areValid(lines: readonly unknown[]): boolean {
  try {
    for (let at = 0; at < lines.length; at += 2) {
      const name = lines[at] as string;
      const value = lines[at + 1];
      validateHeaderName(name);
      if (Array.isArray(value)) {
        value.forEach((each) => validateHeaderValue(name, each as string));
      } else {
        validateHeaderValue(name, value as string);
      }
    }
    return true;
  } catch {
    return false;
  }
}

/** The values of a header as Node.js stores them, one for each line. */
export function valuesOf(value: unknown): readonly string[] {
  if (value === undefined) {
    return NO_LINES;
  }
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/** Whether Node.js sends a header with the value: it sends none for an empty list. */
export function hasLines(value: unknown): boolean {
  return value !== undefined && !(Array.isArray(value) && value.length === 0);
}
