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
