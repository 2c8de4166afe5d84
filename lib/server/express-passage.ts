import { ServerResponse } from 'node:http';
import { type PassedAdapter, type Passage, callsRequestHook } from './passage.js';

/** The parts of an Express 5 application that a preflight passes. */
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

/** A path that Express reads literally. It parses others with url.parse(), which finds no path in some. */
const PLAIN_TARGET = /^\/[!"$-~]*$/;

/** The way through an application of Express. The adapter's layer has to be the first. */
export class ExpressPassage implements Passage {
  private readonly handleOfLayer: unknown;
  /** The application's function with the library's own wrapper. */
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
      // This has to be Express's own function, and not a tool's wrapper.
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

/** Whether responses still have Node's own methods for writing a preflight. Tools may replace them in Express's prototype. */
function hasMethodsOfNode({ end, writeHead, setHeader }: ExpressApplication['response']): boolean {
  const { prototype } = ServerResponse;
  return end === prototype.end && writeHead === prototype.writeHead && setHeader === prototype.setHeader;
}
