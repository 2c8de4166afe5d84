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
   * A token that opens the page any number of times, for a team or for several processes behind one port: people enter it
   * on the page, programs send it as `Authorization: Bearer`. It does not work in a URL, since access logs keep URLs. At
   * least 32 characters, as `openssl rand -hex 32` makes them. Default: none; every URL that the application makes opens
   * the page once.
   */
  readonly token?: string | undefined;
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
  readonly token: string | undefined;
  readonly decorators: readonly ClassDecorator[];
}

/** Token of the {@link ResolvedDevtoolsOptions}; one for the ESM and the CommonJS build. */
export const CORS_DEVTOOLS_OPTIONS = Symbol.for('nestjs-cors:devtools-options');

const MIN_TOKEN_LENGTH = 32;

/** @throws TypeError when `path` is not a fixed path, or `token` is too short or has characters that forms escape */
export function resolveOptions({
  path = '/__cors',
  allowInProduction = false,
  allowRemoteClients = false,
  token,
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
  assertToken(token);
  // Anything but `true` leaves a door closed, whatever an untyped caller passes.
  return {
    path: trimmed,
    allowInProduction: allowInProduction === true,
    allowRemoteClients: allowRemoteClients === true,
    token,
    decorators,
  };
}

/** An empty variable of the environment is a mistake, and not the wish to have no token. */
function assertToken(token: unknown): void {
  if (
    token !== undefined &&
    !(typeof token === 'string' && token.length >= MIN_TOKEN_LENGTH && /^[\w.~-]+$/.test(token))
  ) {
    const got =
      typeof token === 'string'
        ? `a string of ${token.length} characters`
        : token === null
          ? 'null'
          : `a ${typeof token}`;
    throw new TypeError(
      `CorsDevtoolsModule.forRoot(): \`token\` must be at least ${MIN_TOKEN_LENGTH} letters, digits, "-", "_", "." or "~"; ` +
        `got ${got}. Make one with: openssl rand -hex 32. Leave it out for URLs that work once.`,
    );
  }
}
