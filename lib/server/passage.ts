/** The way of a preflight through the framework, from the server to the request hook. */
export interface Passage {
  /** Call it when the library has put its own things on the way. */
  watched(): void;
  /**
   * Whether nothing on the way would see the preflight or change its answer, now and for this URL. It is asked for each
   * preflight, because applications may add things at any time.
   */
  isClear(url: string): boolean;
  /** Names and values of the headers that the framework puts on the response on the way, in turn. */
  readonly headers: readonly string[];
}

/** An HTTP adapter of Nest, as far as it has something on the way. */
export interface PassedAdapter {
  getInstance(): unknown;
  readonly onResponseHook?: unknown;
  /** Set while Nest closes the application. */
  readonly isShuttingDown?: boolean;
}
