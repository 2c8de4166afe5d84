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

/** Has the last word on the headers of a response. May be called again where a first attempt to write them failed. */
export interface HeaderCompletion {
  /** Whether something will ask for the completion after the headers are written. */
  readonly isKept?: boolean;
  /** Never throws: an error here would become the application's. */
  complete(headers: ResponseHeaders): void;
}

/** The headers that a completion may write. */
export const COMPLETED_HEADERS: ReadonlySet<string> = new Set([
  'vary',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
]);

/** The headers of a response that Node.js did not make. They are written at once, since nothing tells when it is sent. */
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

/** Header lines that `writeHead()` was given, and that are not stored on the response. */
export class GivenHeaders implements ResponseHeaders {
  /** @param all names and values in turn */
  constructor(readonly all: unknown[]) {}

  lines(name: string): readonly string[] {
    const { all } = this;
    let found = NO_LINES;
    for (let at = 0; at < all.length; at += 2) {
      if (isNamed(all[at], name)) {
        found = found.length === 0 ? valuesOf(all[at + 1]) : [...found, ...valuesOf(all[at + 1])];
      }
    }
    return found;
  }

  set(name: string, value: string): void {
    const { all } = this;
    const lowerCase = name.toLowerCase();
    for (let at = 0; at < all.length; at += 2) {
      if (isNamed(all[at], lowerCase)) {
        all[at + 1] = value;
        this.removeFrom(at + 2, lowerCase);
        return;
      }
    }
    all.push(name, value);
  }

  remove(name: string): void {
    this.removeFrom(0, name.toLowerCase());
  }

  names(): string[] {
    const { all } = this;
    const names: string[] = [];
    for (let at = 0; at < all.length; at += 2) {
      const name = String(all[at]).toLowerCase();
      if (hasLines(all[at + 1]) && !names.includes(name)) {
        names.push(name);
      }
    }
    return names;
  }

  private removeFrom(first: number, lowerCase: string): void {
    for (let at = this.all.length - 2; at >= first; at -= 2) {
      if (isNamed(this.all[at], lowerCase)) {
        this.all.splice(at, 2);
      }
    }
  }
}

/** Lets code that reads the headers from the response afterwards, as loggers do, see what was sent. */
export function storeForReaders(stored: Pick<ResponseHeaders, 'set' | 'remove'>, given: GivenHeaders): void {
  for (const name of COMPLETED_HEADERS) {
    const [value] = given.lines(name);
    if (value === undefined) {
      stored.remove(name);
    } else {
      stored.set(name, value);
    }
  }
}

/**
 * The lines of what `writeHead()` was given, read as Node.js reads them: a list of names and values, a list of pairs, or the
 * own enumerable properties of anything else.
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
 * Whether Node.js would send the lines. What Node.js refuses must reach it, also where the policy would replace it.
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

function isNamed(written: unknown, lowerCaseName: string): boolean {
  const name = String(written);
  return name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName;
}
