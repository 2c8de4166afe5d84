import { OutgoingMessage, type ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';

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

type HeaderMethods = Pick<ServerResponse, 'getHeader' | 'setHeader' | 'removeHeader' | 'getHeaderNames'> & {
  /** The types of Node.js have it on requests only. */
  getRawHeaderNames(): string[];
};

/** Headers that `setHeader()` has put on the response. */
export class StoredHeaders implements ResponseHeaders {
  /** The class's own methods: the application may have replaced those of the response. */
  private readonly methods: HeaderMethods;

  constructor(private readonly response: ServerResponse) {
    this.methods = methodsOf(response);
  }

  lines(name: string): readonly string[] {
    return valuesOf(this.methods.getHeader.call(this.response, name));
  }

  set(name: string, value: string): void {
    this.methods.setHeader.call(this.response, name, value);
  }

  remove(name: string): void {
    this.methods.removeHeader.call(this.response, name);
  }

  names(): string[] {
    return this.methods.getHeaderNames.call(this.response).filter((name) => this.lines(name).length > 0);
  }

  /** Whether headers have been stored. */
  isStarted(): boolean {
    return this.methods.getHeaderNames.call(this.response).length > 0;
  }

  /** Names and values as they were written. */
  pairs(): readonly HeaderLine[] {
    const { getRawHeaderNames, getHeader } = this.methods;
    return getRawHeaderNames.call(this.response).map((name) => [name, getHeader.call(this.response, name)]);
  }
}

/** The headers of a response that Node.js did not make: written at once, since nothing tells when it is sent. */
export class PlainHeaders implements ResponseHeaders {
  constructor(private readonly response: ServerResponse) {}

  lines(name: string): readonly string[] {
    const value = this.response.getHeader(name);
    return value === undefined ? [] : Array.isArray(value) ? value : [String(value)];
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

/** A header line as the application wrote it. */
export type HeaderLine = readonly [name: unknown, value: unknown];

/** Header lines that `writeHead()` was given, and that are not stored on the response. */
export class GivenHeaders implements ResponseHeaders {
  constructor(public all: readonly HeaderLine[]) {}

  lines(name: string): readonly string[] {
    return this.all.filter(([each]) => isNamed(each, name)).flatMap(([, value]) => valuesOf(value));
  }

  set(name: string, value: string): void {
    const at = this.all.findIndex(([each]) => isNamed(each, name.toLowerCase()));
    if (at === -1) {
      this.all = [...this.all, [name, value]];
      return;
    }
    const [written] = this.all[at] as HeaderLine;
    this.all = this.all
      .map((line, index): HeaderLine => (index === at ? [written, value] : line))
      .filter(([each], index) => index === at || !isNamed(each, name.toLowerCase()));
  }

  remove(name: string): void {
    this.all = this.all.filter(([each]) => !isNamed(each, name.toLowerCase()));
  }

  names(): string[] {
    const sent = this.all.filter(([, value]) => valuesOf(value).length > 0);
    return [...new Set(sent.map(([name]) => String(name).toLowerCase()))];
  }
}

/** The methods of Node.js's own class for the response. */
export function methodsOf(response: ServerResponse): HeaderMethods {
  const owner: unknown = response instanceof Http2ServerResponse ? Http2ServerResponse : OutgoingMessage;
  return (owner as { prototype: HeaderMethods }).prototype;
}

function isNamed(written: unknown, lowerCaseName: string): boolean {
  const name = String(written);
  return name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName;
}

function valuesOf(value: unknown): readonly string[] {
  if (value === undefined) {
    return [];
  }
  return Array.isArray(value) ? value.map(String) : [String(value)];
}
