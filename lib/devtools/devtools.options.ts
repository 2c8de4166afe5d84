/** Options of `CorsDevtoolsModule.forRoot()`. */
export interface CorsDevtoolsOptions {
  /** Path of the page, below the global prefix if there is one. Default: `/__cors`. */
  readonly path?: string | undefined;
  /** Lets the application start with `NODE_ENV=production`. Default: `false`. */
  readonly allowInProduction?: boolean | undefined;
  /**
   * Answers clients on other machines, requests that a proxy has forwarded, and requests to any host name. Whoever
   * reaches the application can then read its policies and the origins of its visitors, and have lookups run: put a guard
   * in front. Default: `false`.
   */
  readonly allowRemoteClients?: boolean | undefined;
  /**
   * Decorators to put on the devtools' controller, where a global guard of the application has to let it through, such as
   * its own `@Public()`. Default: none.
   */
  readonly decorators?: readonly ClassDecorator[] | undefined;
}

/** The options with their defaults. */
export interface ResolvedDevtoolsOptions {
  /** Without a slash at either end. */
  readonly path: string;
  readonly allowInProduction: boolean;
  readonly allowRemoteClients: boolean;
  readonly decorators: readonly ClassDecorator[];
}

/** Token of the {@link ResolvedDevtoolsOptions}; one for the ESM and the CommonJS build. */
export const CORS_DEVTOOLS_OPTIONS = Symbol.for('nestjs-cors:devtools-options');

/** @throws TypeError when `path` is not a fixed path */
export function resolveOptions({
  path = '/__cors',
  allowInProduction = false,
  allowRemoteClients = false,
  decorators = [],
}: CorsDevtoolsOptions): ResolvedDevtoolsOptions {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  // It is a route, so it has no parameters, and it goes into the links of the page.
  if (!/^[\w.~-]+(\/[\w.~-]+)*$/.test(trimmed)) {
    throw new TypeError(
      `CorsDevtoolsModule.forRoot(): path ${JSON.stringify(path)} is no fixed path. Write one such as "/__cors", of ` +
        'letters, digits, "-", "_", "." and "~".',
    );
  }
  // Anything but `true` leaves a door closed, whatever an untyped caller passes.
  return {
    path: trimmed,
    allowInProduction: allowInProduction === true,
    allowRemoteClients: allowRemoteClients === true,
    decorators,
  };
}
