/** The way of a preflight through the framework, from the server to the request hook. */
export interface Passage {
  /** Call it when the library has added its own parts. */
  watched(): void;
  /**
   * Whether nothing on the way would see the preflight or change its answer, now and for this URL. It is called for each preflight,
   * because applications may add things at any time.
   */
  isClear(url: string): boolean;
  /** Names and values, in turn, of the headers that the framework sets before the hook. */
  readonly headers: readonly string[];
}

/** The members of an HTTP adapter that a preflight passes. */
export interface PassedAdapter {
  getInstance(): unknown;
  readonly onResponseHook?: unknown;
  /** Set while Nest closes the application. */
  readonly isShuttingDown?: boolean;
}

/** Whether this is the function by which Nest's adapters call their request hook. It has no name, so its source is compared. */
export function callsRequestHook(hook: unknown): boolean {
  return typeof hook === 'function' && /\.onRequestHook\b/.test(Function.prototype.toString.call(hook));
}

/** Whether this is the function by which Nest's adapter for Fastify calls its response hook. */
export function callsResponseHook(hook: unknown): boolean {
  return typeof hook === 'function' && /\.onResponseHook\b/.test(Function.prototype.toString.call(hook));
}
