import type { INestApplication } from '@nestjs/common';
import type { AddressInfo } from 'node:net';
import { isLoopbackHost } from '../../origin/serialized-origin.js';
import type { ServerAddress } from './http-exchange.js';

/** An application, or the URL of one that runs elsewhere. */
export type AppTarget = INestApplication | string;

interface HttpServer {
  readonly listening: boolean;
  address(): AddressInfo | string | null;
}

// Browsers of several origins send requests to the same application at once, and only one of them may start it.
const starting = new WeakMap<INestApplication, Promise<unknown>>();

/** Which server a URL leads to: the published ones, and whatever else runs on this machine. */
export class Network {
  readonly #published = new Map<string, AppTarget>();

  /** Makes an application the server of an origin. */
  publish(origin: string, target: AppTarget): void {
    this.#published.set(origin, target);
  }

  /** `undefined` for hosts that are neither published nor on this machine, because a test must not connect to other servers. */
  async addressOf(url: URL): Promise<ServerAddress | undefined> {
    const target = this.#published.get(url.origin);
    if (target !== undefined) {
      return addressOfTarget(target);
    }
    return isLoopbackHost(url.hostname) ? addressOfUrl(url) : undefined;
  }
}

/** The URL at which an application can be reached from this machine. Starts it where it does not listen yet. */
export async function baseUrlOf(target: AppTarget): Promise<string> {
  if (typeof target === 'string') {
    return new URL(target).origin;
  }
  const { secure, port } = await addressOfTarget(target);
  return new URL(`${secure ? 'https' : 'http'}://127.0.0.1:${port}`).origin;
}

async function addressOfTarget(target: AppTarget): Promise<ServerAddress> {
  if (typeof target === 'string') {
    return addressOfUrl(new URL(target));
  }
  const server = target.getHttpServer() as HttpServer;
  if (!server.listening) {
    const started = starting.get(target) ?? target.listen(0, '127.0.0.1');
    starting.set(target, started);
    await started;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new TypeError(`The application listens on ${address ?? 'nothing'}, and a browser needs a TCP port`);
  }
  return { secure: 'setSecureContext' in server, host: loopbackFor(address), port: address.port };
}

/** An application that listens on every address is reached over loopback; others where they listen. */
function loopbackFor({ address }: AddressInfo): string {
  return address === '::' || address === '0.0.0.0' ? '127.0.0.1' : address;
}

/** The address that the URL itself has. */
export function addressOfUrl({ protocol, hostname, port }: URL): ServerAddress {
  const secure = protocol === 'https:';
  // Browsers resolve these names themselves: https://datatracker.ietf.org/doc/html/draft-ietf-dnsop-let-localhost-be-localhost
  const host = /(?:^|\.)localhost\.?$/.test(hostname) ? '127.0.0.1' : hostname.replace(/^\[|\]$/g, '');
  return { secure, host, port: port === '' ? (secure ? 443 : 80) : Number(port) };
}
