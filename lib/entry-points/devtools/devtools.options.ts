import type { ModuleMetadata } from '@nestjs/common';

/** Options of `CorsDevtoolsModule.forRoot()`. */
export interface CorsDevtoolsOptions {
  /** Path of the page, below the global prefix if there is one. Default: `/__cors`. */
  readonly path?: string | undefined;
  /** Lets the application start with `NODE_ENV=production`. Default: `false`. */
  readonly allowInProduction?: boolean | undefined;
  /**
   * Answers clients on other machines, requests that a proxy has forwarded, and requests to any host name. Every client of
   * the application can then try to read its policies and the origins of its visitors, and to run lookups: put a guard in
   * front. Default: `false`.
   */
  readonly allowRemoteClients?: boolean | undefined;
  /**
   * A token that opens the page any number of times, for a team or for several processes behind one port: people enter it
   * on the page, programs send it as `Authorization: Bearer`. It does not work in a URL, because access logs keep URLs. It
   * has at least 32 characters: `openssl rand -hex 32` makes one. Default: none, so that each URL of the application opens
   * the page once.
   */
  readonly token?: string | undefined;
  /**
   * Decorators for the devtools' controller, such as the `@Public()` that a global guard of the application looks for.
   * Default: none.
   */
  readonly decorators?: readonly ClassDecorator[] | undefined;
  /**
   * Modules that export what a guard of `decorators` injects, such as the one of its sessions. Default: none, so that it injects
   * what global modules export.
   */
  readonly imports?: ModuleMetadata['imports'];
}

/** The options with their defaults. */
export interface ResolvedDevtoolsOptions {
  /** Without a slash at either end. */
  readonly path: string;
  readonly allowInProduction: boolean;
  readonly allowRemoteClients: boolean;
  readonly token: string | undefined;
  readonly decorators: readonly ClassDecorator[];
  readonly imports: NonNullable<ModuleMetadata['imports']>;
}

/** Injects the {@link ResolvedDevtoolsOptions}, in the ESM and the CommonJS build alike. */
export const CORS_DEVTOOLS_OPTIONS = Symbol.for('nestjs-cors:devtools-options');

const MIN_TOKEN_LENGTH = 32;

/** @throws TypeError when `path` is not a fixed path, or `token` is too short or has characters that forms escape */
export function resolveOptions({
  path = '/__cors',
  allowInProduction = false,
  allowRemoteClients = false,
  token,
  decorators = [],
  imports = [],
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
  // Only `true` opens something, whatever an untyped caller passes.
  return {
    path: trimmed,
    allowInProduction: allowInProduction === true,
    allowRemoteClients: allowRemoteClients === true,
    token,
    decorators,
    imports,
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
