import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { type IncomingMessage, ServerResponse } from 'node:http';

/** The channels of Node.js that publish responses. */
const CHANNELS = ['http.server.request.start', 'http.server.response.created', 'http.server.response.finish'].map(
  (name) => channel(name),
);

/** Node.js itself adds listeners for the end of each response. */
const LISTENERS_OF_NODE = 1;

/** Listener of a server's `request` event. */
type RequestListener = (this: unknown, request: IncomingMessage, response: ServerResponse) => void;

/**
 * May take a request before the framework does.
 * @returns whether it has taken it; the framework gets it otherwise
 */
export type EarlyReceiver = (request: IncomingMessage, response: ServerResponse) => boolean;

/** An HTTP adapter, as far as it has a server. */
export interface ServerAdapter {
  getHttpServer(): unknown;
  /** The application of Express, or the instance of Fastify. */
  getInstance(): unknown;
}

/**
 * Stands in for the listener by which a framework takes requests from its server. Only that listener is replaced, so wrappers of
 * `emit()` (tracing), other listeners, and `checkContinue` see every request.
 */
export class FrameworkListener {
  private receiver: EarlyReceiver | undefined;
  /** The server's `emit()` as the library has found it. */
  private emit: unknown;
  private readonly listener: RequestListener & { listener?: RequestListener };

  private constructor(
    readonly server: EventEmitter,
    private readonly framework: RequestListener,
  ) {
    this.listener = (request, response) => {
      if (request.method !== 'OPTIONS' || this.receiver?.(request, response) !== true) {
        framework.call(server, request, response);
      }
    };
  }

  /** Replaces the framework's listener. Later listeners keep their order. */
  static replace(server: EventEmitter, listener: RequestListener): FrameworkListener | undefined {
    const listeners = server.rawListeners('request') as RequestListener[];
    const at = listeners.indexOf(listener);
    if (at === -1) {
      return undefined;
    }
    const place = new FrameworkListener(server, listener);
    const others = listeners.slice(at + 1);
    [listener, ...others].forEach((each) => server.removeListener('request', each));
    [place.listener, ...others].forEach((each) => server.on('request', each));
    return place;
  }

  /** Calls the receiver for requests with the method OPTIONS. */
  open(receiver: EarlyReceiver): void {
    this.receiver = receiver;
    this.emit = this.server.emit;
  }

  /**
   * Makes the framework's listener visible to `removeListener()` and `listeners()` again. Call it when nothing removes that
   * listener from the server any more to call it by itself, as engine.io does.
   */
  showFramework(): void {
    this.listener.listener = this.framework;
  }

  /**
   * Whether only Node.js and the framework are known to hold the response. Tools watch responses by listeners, channels, and
   * functions around methods, and may read headers from them.
   */
  isUnwatched(response: ServerResponse): boolean {
    const { server } = this;
    return (
      server.listenerCount('request') === 1 &&
      server.emit === this.emit &&
      response.emit === EventEmitter.prototype.emit &&
      response.writeHead === ServerResponse.prototype.writeHead &&
      response.end === ServerResponse.prototype.end &&
      response.listenerCount('finish') <= LISTENERS_OF_NODE &&
      response.listenerCount('close') === 0 &&
      !CHANNELS.some(({ hasSubscribers }) => hasSubscribers)
    );
  }
}

/** Keyed by the framework's listener, because several adapters may share one server. */
const places = new WeakMap<object, FrameworkListener>();

/**
 * Replaces the framework's listener on the adapter's server. Call it before something else removes that listener to call it by
 * itself, as engine.io does.
 * @returns `undefined` where there is no server, or another listener on it
 */
export function frameworkListener(adapter: ServerAdapter): FrameworkListener | undefined {
  const server = adapter.getHttpServer() as EventEmitter | undefined;
  if (typeof server?.rawListeners !== 'function') {
    return undefined;
  }
  const known = placeOf(adapter);
  if (known?.server === server) {
    return known;
  }
  const listener = listenerOf(adapter);
  const place = FrameworkListener.replace(server, listener);
  if (place !== undefined) {
    places.set(listener, place);
  }
  return place;
}

/** What {@link frameworkListener} has put in the place of the framework's listener. */
export function placeOf(adapter: ServerAdapter): FrameworkListener | undefined {
  return places.get(listenerOf(adapter));
}

function listenerOf(adapter: ServerAdapter): RequestListener {
  const instance = adapter.getInstance() as { readonly routing?: unknown } | undefined;
  return (typeof instance === 'function' ? instance : instance?.routing) as RequestListener;
}
