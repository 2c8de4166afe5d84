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

/** A header line as the application wrote it. */
export type HeaderLine = readonly [name: unknown, value: unknown];

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
  constructor(public all: readonly HeaderLine[]) {}

  lines(name: string): readonly string[] {
    let found = NO_LINES;
    for (const [each, value] of this.all) {
      if (isNamed(each, name)) {
        found = found.length === 0 ? valuesOf(value) : [...found, ...valuesOf(value)];
      }
    }
    return found;
  }

  set(name: string, value: string): void {
    const lowerCase = name.toLowerCase();
    const at = this.all.findIndex(([each]) => isNamed(each, lowerCase));
    if (at === -1) {
      this.all = [...this.all, [name, value]];
      return;
    }
    const [written] = this.all[at] as HeaderLine;
    this.all = this.all
      .map((line, index): HeaderLine => (index === at ? [written, value] : line))
      .filter(([each], index) => index === at || !isNamed(each, lowerCase));
  }

  remove(name: string): void {
    const lowerCase = name.toLowerCase();
    this.all = this.all.filter(([each]) => !isNamed(each, lowerCase));
  }

  names(): string[] {
    const names: string[] = [];
    for (const [written, value] of this.all) {
      const name = String(written).toLowerCase();
      if (valuesOf(value).length > 0 && !names.includes(name)) {
        names.push(name);
      }
    }
    return names;
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
 * The lines of the argument of `writeHead()`, read as Node.js reads them: a list of names and values, a list of pairs, or the own
 * enumerable properties of anything else.
 * @returns `undefined` where Node.js will throw
 */
export function linesOf(headers: unknown): readonly HeaderLine[] | undefined {
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

/** Whether Node.js would send the line. Node.js must receive what it refuses, even if the policy would replace it. */
export function isValid([name, value]: HeaderLine): boolean {
  try {
    validateHeaderName(name as string);
    if (Array.isArray(value)) {
      value.forEach((each) => validateHeaderValue(name as string, each as string));
    } else {
      validateHeaderValue(name as string, value as string);
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

function isNamed(written: unknown, lowerCaseName: string): boolean {
  const name = String(written);
  return name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName;
}
