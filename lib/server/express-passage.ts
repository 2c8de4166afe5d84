import { ServerResponse } from 'node:http';
import { callsRequestHook } from '../request/hook-composition.js';
import type { PassedAdapter, Passage } from './passage.js';

/** An application of Express 5, as far as it has something on the way of a preflight. */
interface ExpressApplication {
  readonly handle: () => unknown;
  readonly response: Pick<ServerResponse, 'end' | 'writeHead' | 'setHeader'>;
  readonly router: { readonly stack: readonly Layer[] };
  enabled(setting: string): boolean;
}

interface Layer {
  readonly handle: unknown;
}

const POWERED_BY = ['X-Powered-By', 'Express'];
const NONE: readonly string[] = [];

/** A path that Express reads as it is: it has url.parse() read others, which finds no path in some. */
const PLAIN_TARGET = /^\/[!"$-~]*$/;

/** The way through an application of Express: to the adapter's layer, which has to be the first. */
export class ExpressPassage implements Passage {
  private readonly handleOfLayer: unknown;
  /** The application's function with what the library has put around it. */
  private handle: unknown;

  private constructor(
    private readonly adapter: PassedAdapter,
    private readonly application: ExpressApplication,
    private readonly layer: Layer,
  ) {
    this.handleOfLayer = layer.handle;
  }

  /**
   * Call it before the library watches the application.
   * @returns `undefined` for an application that is not of Express, or where something on the way is not known
   */
  static of(adapter: PassedAdapter): ExpressPassage | undefined {
    const application: unknown = adapter.getInstance();
    if (!isExpress(application)) {
      return undefined;
    }
    const { handle, router } = application;
    const [layer] = router.stack;
    const isKnown =
      callsRequestHook(layer?.handle) &&
      // Express's own, and not what a tool has put around it.
      /x-powered-by/.test(Function.prototype.toString.call(handle));
    return layer !== undefined && isKnown ? new ExpressPassage(adapter, application, layer) : undefined;
  }

  watched(): void {
    this.handle = this.application.handle;
  }

  isClear(url: string): boolean {
    const { adapter, application, layer } = this;
    return (
      adapter.onResponseHook === undefined &&
      adapter.isShuttingDown !== true &&
      application.handle === this.handle &&
      application.router.stack[0] === layer &&
      layer.handle === this.handleOfLayer &&
      hasMethodsOfNode(application.response) &&
      PLAIN_TARGET.test(url)
    );
  }

  /** What `app.handle()` puts on responses. */
  get headers(): readonly string[] {
    return this.application.enabled('x-powered-by') ? POWERED_BY : NONE;
  }
}

function isExpress(application: unknown): application is ExpressApplication {
  return (
    typeof application === 'function' &&
    Array.isArray((application as unknown as Partial<ExpressApplication>).router?.stack)
  );
}

/** Whether the methods of responses by which a preflight is answered are Node's own. Tools may replace them in Express's prototype. */
function hasMethodsOfNode({ end, writeHead, setHeader }: ExpressApplication['response']): boolean {
  const { prototype } = ServerResponse;
  return end === prototype.end && writeHead === prototype.writeHead && setHeader === prototype.setHeader;
}
