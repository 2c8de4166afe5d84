import { type IncomingMessage, ServerResponse } from 'node:http';
import { StoredHeaders } from '../request/header-interception.js';

/** A request that was never sent, with every member that hook, guard and routers read of a real one. */
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

/** A response without a client. The library completes its headers as it does for real ones. */
export class SyntheticResponse extends ServerResponse {
  constructor(request: SyntheticRequest) {
    super(request as unknown as IncomingMessage);
    this.sendDate = false;
  }

  /** Completes the headers, unless the library has already ended the response. */
  complete(): void {
    if (!this.headersSent) {
      this.writeHead(200);
    }
  }

  /** `Vary` and the CORS headers, as they are sent. */
  get corsHeaders(): Readonly<Record<string, string>> {
    const stored = new StoredHeaders(this).pairs().map(([name, value]) => [String(name), String(value)] as const);
    return Object.fromEntries(stored.filter(([name]) => /^(vary|access-control-.*)$/i.test(name)));
  }
}
