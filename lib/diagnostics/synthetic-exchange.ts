import type { OutgoingHttpHeaders } from 'node:http';

/** A request that nobody sent, with as much of a real one as hook, guard and routers read. */
export interface SyntheticRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case, as Node.js gives them. */
  readonly headers: Record<string, string>;
  /** The host with its port, where Express and Fastify keep it. */
  readonly host: string;
  /** The host without its port, where Express and Fastify keep it. */
  readonly hostname: string;
}

export function syntheticRequest(
  method: string,
  url: string,
  host: string,
  headers: Readonly<Record<string, string>>,
): SyntheticRequest {
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    method,
    url,
    host,
    hostname: host.replace(/:\d+$/, ''),
    headers: { host, ...Object.fromEntries(lowerCase) },
  };
}

/** A response that nobody receives: collects what the library writes on it. */
export class SyntheticResponse {
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  readonly sendDate = false;
  private readonly written = new Map<string, [name: string, value: unknown]>();

  getHeader(name: string): unknown {
    return this.written.get(name.toLowerCase())?.[1];
  }

  setHeader(name: string, value: unknown): this {
    this.written.set(name.toLowerCase(), [name, value]);
    return this;
  }

  removeHeader(name: string): void {
    this.written.delete(name.toLowerCase());
  }

  hasHeader(name: string): boolean {
    return this.written.has(name.toLowerCase());
  }

  getHeaderNames(): string[] {
    return [...this.written.keys()];
  }

  writeHead(): this {
    this.headersSent = true;
    return this;
  }

  end(): this {
    this.writeHead();
    this.writableEnded = true;
    return this;
  }

  /** The headers as they were written, but for those that have nothing to do with CORS. */
  get headers(): OutgoingHttpHeaders {
    const relevant = [...this.written.values()].filter(([name]) => /^(vary|access-control-.*)$/i.test(name));
    return Object.fromEntries(relevant) as OutgoingHttpHeaders;
  }
}
