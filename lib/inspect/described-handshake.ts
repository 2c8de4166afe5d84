import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { settableHeaders } from '../fetch/forbidden.js';
import type { GatewayGuard } from '../gateways/gateway-guard.js';
import type { GatewayServer } from '../gateways/gateway-servers.js';
import { namespaceName } from '../gateways/gateway-place.js';
import { type Polling, readPolling } from '../gateways/polling.js';
import type { GatewayPolicy } from '../routing/policy-registry.js';
import { pathOf } from '../routing/request-target.js';
import type { CorsExplainedHandshake, CorsHandshakeExplanation } from './handshake-explanation.js';
import { syntheticRequest } from './synthetic-exchange.js';

/** Thrown for a handshake that no client can send to this application, with the field that is wrong. */
export class InexplicableHandshake extends Error {
  override readonly name = 'InexplicableHandshake';

  constructor(
    readonly field: keyof CorsExplainedHandshake,
    message: string,
  ) {
    super(message);
  }
}

/** Whether an error is an {@link InexplicableHandshake}, also one of another copy of the package. */
export function isInexplicable(error: unknown): error is InexplicableHandshake {
  return (error as Partial<Error> | undefined)?.name === 'InexplicableHandshake';
}

/** A handshake with its defaults filled in. */
export type DescribedHandshake = CorsHandshakeExplanation['request'];

/**
 * The gateway that is named, or the first that takes the path. Gateways of one server have one handshake.
 * @throws InexplicableHandshake where there is no such gateway
 */
export function findGateway(
  gateways: readonly GatewayPolicy[],
  guard: GatewayGuard,
  { gateway: name, path, port }: CorsExplainedHandshake,
): GatewayPolicy | undefined {
  if (name !== undefined) {
    const named = gateways.find((each) => each.gateway.name === name);
    if (named === undefined) {
      const names = gateways.map((each) => each.gateway.name).join(', ');
      throw new InexplicableHandshake(
        'gateway',
        `There is no gateway ${JSON.stringify(name)}. The gateways are: ${names || 'none'}.`,
      );
    }
    return named;
  }
  const found = gateways.find((each) => each.port === (port ?? 0) && takes(guard.created.of(each), path ?? '/'));
  if (found === undefined && port !== undefined) {
    throw new InexplicableHandshake('port', `No gateway takes ${path ?? '/'} on port ${port}.`);
  }
  return found;
}

/** Whether the server of a gateway takes a URL, as engine.io and WsAdapter compare it. */
function takes({ kind, path }: GatewayServer, url: string): boolean {
  const pathname = pathOf(url);
  return pathname === path || (kind === 'socket.io' && pathname.startsWith(`${path}/`));
}

/**
 * Fills in the defaults.
 * @throws InexplicableHandshake where no client can send such a request to that server
 */
export function describeRequest(
  given: CorsExplainedHandshake,
  gateway: GatewayPolicy | undefined,
  guard: GatewayGuard,
): DescribedHandshake {
  const server = gateway && guard.created.of(gateway);
  const isPolled = server !== undefined && server.kind !== 'ws';
  const path = given.path ?? server?.path ?? '/';
  if (server?.kind === 'socket.io') {
    pollingOf({ url: path });
  }
  const method = given.method ?? 'GET';
  const transport = given.transport ?? (isPolled ? transportOf(path, method) : 'websocket');
  const sid = given.sid ?? (isPolled ? sidOf(path) : undefined);
  if (!isPolled && (transport !== 'websocket' || sid !== undefined)) {
    const field = transport === 'websocket' ? 'sid' : 'transport';
    throw new InexplicableHandshake(
      field,
      `${at(gateway, path)} takes WebSockets only: polling and \`sid\` belong to socket.io.`,
    );
  }
  if (transport === 'websocket' && method !== 'GET') {
    throw new InexplicableHandshake(
      'method',
      `A WebSocket begins with GET, and a \`${method}\` is a request of polling.`,
    );
  }
  const ownNamespace = given.gateway === undefined ? undefined : gateway?.options.namespace;
  return {
    method,
    path,
    port: gateway === undefined || gateway.port === 0 ? undefined : gateway.port,
    namespace: server?.kind === 'socket.io' ? namespaceName(given.namespace ?? ownNamespace) : undefined,
    sid,
    origin: given.origin,
    site: given.site,
    host: given.host ?? 'localhost',
    transport,
    // socket.io's client sets headers on its requests of polling alone, and browsers ignore some of them.
    headers: transport === 'polling' ? Object.fromEntries(settableHeaders(Object.entries(given.headers ?? {}))) : {},
    credentials: given.credentials ?? false,
  };
}

/** The request as Node.js would receive it. */
export function rawRequest(request: DescribedHandshake): IncomingMessage {
  const { method, origin, site, transport, credentials, headers } = request;
  return received(request, method, {
    ...headers,
    ...(origin === undefined ? {} : { origin }),
    ...(site === undefined ? {} : { 'sec-fetch-site': site }),
    ...(transport === 'websocket' ? { connection: 'Upgrade', upgrade: 'websocket' } : {}),
    ...(credentials ? { cookie: 'explained=1' } : {}),
  });
}

/** The preflight that a browser would send before the request. */
export function rawPreflight(request: DescribedHandshake, headerNames: readonly string[]): IncomingMessage {
  const { method, origin = '' } = request;
  return received(request, 'OPTIONS', {
    origin,
    'access-control-request-method': method,
    ...(headerNames.length === 0 ? {} : { 'access-control-request-headers': headerNames.join(',') }),
  });
}

/** What the guard reads from the URL of a request to socket.io. @throws InexplicableHandshake where it reads nothing */
export function pollingOf({ url }: Pick<IncomingMessage, 'url'>): Polling {
  const polling = readPolling({ url });
  if (polling === undefined) {
    throw new InexplicableHandshake('path', `${url} is malformed: such a request is answered with 400.`);
  }
  return polling;
}

function received(
  request: DescribedHandshake,
  method: string,
  headers: Readonly<Record<string, string>>,
): IncomingMessage {
  const synthetic = syntheticRequest(method, urlOf(request), request.host, headers);
  const { url, headers: lowerCase } = synthetic;
  return Object.assign(new IncomingMessage(new Socket()), { method, url, headers: lowerCase });
}

/** The path with the rest of the query that the client of socket.io sends. */
function urlOf({ path, sid, transport }: DescribedHandshake): string {
  const added = [
    ...(transport === 'jsonp' && readPolling({ url: path })?.isJsonp === false ? ['j=0'] : []),
    ...(sid === undefined || sid === sidOf(path) ? [] : [`sid=${encodeURIComponent(sid)}`]),
  ];
  return added.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${added.join('&')}`;
}

/** How a client begins a session of socket.io with a request of this URL and method. */
function transportOf(path: string, method: string): DescribedHandshake['transport'] {
  const isPolling = /[?&]transport=polling(?:&|$)/.test(path);
  if (isPolling && readPolling({ url: path })?.isJsonp === true) {
    return 'jsonp';
  }
  return isPolling || method === 'POST' ? 'polling' : 'websocket';
}

function sidOf(path: string): string | undefined {
  return readPolling({ url: path })?.sid || undefined;
}

function at(gateway: GatewayPolicy | undefined, path: string): string {
  return gateway === undefined ? `What takes ${path}` : gateway.gateway.name;
}
