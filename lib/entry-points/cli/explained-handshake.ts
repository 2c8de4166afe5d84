import type { CorsExplainedHandshake, CorsHandshakeExplanation } from '../../inspect/handshake-explanation.js';
import type { CorsInspector } from '../../inspect/inspector.js';
import type { CorsSocketDescription } from '../../inspect/sockets.js';
import { nearestName } from '../../support/nearest-name.js';
import { isInexplicable } from '../../inspect/described-handshake.js';
import { type RequestOptions, readHeaders, readHost, readOrigin } from './explained-request.js';
import { InputError } from './input-error.js';

/** The options of `explain` that describe a handshake. */
export interface HandshakeOptions extends RequestOptions {
  readonly gateway?: string;
  readonly namespace?: string;
  readonly site?: string;
  readonly transport?: string;
  readonly sid?: string;
  readonly method?: string;
}

/** Options that say nothing about a request that is no handshake. */
const OWN_OPTIONS = ['gateway', 'namespace', 'site', 'transport', 'sid', 'method'] as const;
const SITES = ['same-origin', 'same-site', 'cross-site', 'none'] as const;
const TRANSPORTS = ['websocket', 'polling', 'jsonp'] as const;
const METHODS = ['GET', 'POST'] as const;

const EXAMPLE = 'nestjs-cors explain ws://localhost:3000/socket.io --origin https://app.example.com';

/** Whether the arguments are about a handshake: the URL of a WebSocket, or a gateway. */
export function isHandshake([url = '']: readonly string[], { gateway }: HandshakeOptions): boolean {
  return gateway !== undefined || /^wss?:/i.test(url);
}

/** @throws InputError where an option of handshakes describes another request */
export function refuseHandshakeOptions(options: HandshakeOptions): void {
  const name = OWN_OPTIONS.find((each) => options[each] !== undefined);
  if (name !== undefined) {
    throw new InputError(`--${name} belongs to a WebSocket. Write its URL in place of method and path: ${EXAMPLE}`);
  }
}

/**
 * The handshake as a page would send it.
 * @throws InputError where no page can send such a handshake
 */
export function readHandshakeRequest(operands: readonly string[], options: HandshakeOptions): CorsExplainedHandshake {
  const { gateway, namespace, site, transport, sid, method, origin, host, header, credentials = false } = options;
  const [url, more] = operands;
  if (more !== undefined) {
    throw new InputError(`explain takes one URL of a WebSocket: got ${JSON.stringify(more)} as well.`);
  }
  const isPolling = transport === 'polling' || method !== undefined || /[?&]transport=polling/.test(url ?? '');
  if (header !== undefined && !isPolling) {
    throw new InputError(
      'A page can set no headers of a WebSocket. Leave --header out. Polling has headers: --transport polling.',
    );
  }
  if (namespace !== undefined && !namespace.startsWith('/')) {
    throw new InputError(`A namespace starts with a slash: write --namespace ${JSON.stringify(`/${namespace}`)}.`);
  }
  return {
    ...(url === undefined ? {} : placeOf(url)),
    ...(host === undefined ? {} : { host: readHost(host) }),
    gateway,
    namespace,
    // Without one, the client is no browser.
    origin: origin === undefined ? undefined : readOrigin(origin),
    site: oneOf('site', site, SITES),
    transport: oneOf('transport', transport, TRANSPORTS),
    sid,
    method: oneOf('method', method?.toUpperCase(), METHODS),
    headers: readHeaders(header ?? []),
    credentials,
  };
}

/**
 * Explains the handshake.
 * @throws InputError for a request that no page can send to this application
 */
export async function explainFor(
  inspector: CorsInspector,
  request: CorsExplainedHandshake,
): Promise<CorsHandshakeExplanation> {
  try {
    return await inspector.explainHandshake(request);
  } catch (error) {
    throw isInexplicable(error) ? new InputError(error.message) : error;
  }
}

/** Adds the port of the URL where a gateway listens on it; any other port is that of the application, or of a proxy. */
export function atPort(
  request: CorsExplainedHandshake,
  sockets: readonly CorsSocketDescription[],
): CorsExplainedHandshake {
  const port = Number(/:(\d+)$/.exec(request.host ?? '')?.[1]);
  return sockets.some((socket) => socket.port === port) ? { ...request, port } : request;
}

/** @throws InputError where the application has no such gateway, or opens no sockets there */
export function assertKnown({ gateway }: CorsExplainedHandshake, inspector: CorsInspector): void {
  const names = [...new Set(inspector.sockets().flatMap((socket) => socket.gateway ?? []))];
  if (gateway !== undefined && !names.includes(gateway)) {
    const nearest = nearestName(gateway, names);
    const known = names.length === 0 ? 'The application has no gateways.' : `The gateways are ${names.join(', ')}.`;
    throw new InputError(
      `There is no gateway ${JSON.stringify(gateway)}. ${nearest === undefined ? known : `Did you mean ${nearest}?`}`,
    );
  }
}

/** @throws InputError where nothing takes the handshake */
export function assertTaken({ request, gateways }: CorsHandshakeExplanation, inspector: CorsInspector): void {
  const sockets = inspector.sockets();
  const isTaken = gateways.length > 0 || sockets.some(({ kind, path }) => kind === 'upgrade' || path === request.path);
  if (!isTaken) {
    const paths = [...new Set(sockets.map(({ path }) => path))].join(', ');
    throw new InputError(
      `Nothing takes WebSockets at ${request.path}. ` +
        (paths === '' ? 'The application has no gateways.' : `Sockets are opened at ${paths}: nestjs-cors routes.`),
    );
  }
}

function placeOf(written: string): Pick<CorsExplainedHandshake, 'path' | 'host'> {
  if (!URL.canParse(written) || !/^wss?:\/\//i.test(written)) {
    throw new InputError(`${JSON.stringify(written)} is no URL of a WebSocket. Write one: ${EXAMPLE}`);
  }
  const { pathname, search, host } = new URL(written);
  return { path: pathname + search, host };
}

function oneOf<Choice extends string>(
  name: string,
  value: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  const choice = choices.find((each) => each === value);
  if (value !== undefined && choice === undefined) {
    throw new InputError(`--${name} is one of ${choices.join(', ')}: got ${JSON.stringify(value)}.`);
  }
  return choice;
}
