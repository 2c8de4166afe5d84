import type { Server } from 'node:net';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { isOwn } from '../../inspect/own-routes.js';
import { CorsGuard } from '../../request/guard.js';
import { RunningEvaluator } from '../../request/running-evaluator.js';
import { DevtoolsSession } from './devtools-session.js';
import { CORS_DEVTOOLS_OPTIONS, type ResolvedDevtoolsOptions } from './devtools.options.js';
import { isLoopbackAddress } from './loopback.js';

/**
 * Makes URLs that open the devtools. The application logs one when it starts to listen.
 *
 * @example
 * ```ts
 * console.log(app.get(CorsDevtools).url()); // http://localhost:3000/__cors?token=…
 * ```
 */
export abstract class CorsDevtools {
  /**
   * A URL that opens the page in one browser, once. At most 16 such URLs are valid at a time; a further one replaces the
   * oldest.
   *
   * @param origin where browsers find the application: scheme, host and port. Default: `localhost`, or the address that
   *   the application listens on, with its port.
   * @throws Error when the application does not listen on a port yet and no `origin` is given
   */
  abstract url(origin?: string): string;
}

/** The URLs of the running application. A class of its own, so that applications see no internal type. */
@Injectable()
export class DevtoolsUrls extends CorsDevtools implements OnApplicationBootstrap {
  private readonly logger = new Logger('CorsDevtoolsModule');

  constructor(
    @Inject(CORS_DEVTOOLS_OPTIONS) private readonly options: ResolvedDevtoolsOptions,
    @Inject(DevtoolsSession) private readonly session: DevtoolsSession,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Inject(ApplicationConfig) private readonly config: ApplicationConfig,
  ) {
    super();
  }

  url(origin = this.origin()): string {
    if (origin === undefined) {
      throw new Error(
        'The application does not listen on a port yet. Call url() after app.listen(), or pass the origin: ' +
          'url("http://localhost:3000").',
      );
    }
    return `${origin.replace(/\/+$/, '')}${this.path()}?token=${this.session.issue()}`;
  }

  /**
   * The URL without its token, as the application logs it, for clients without a session. Nothing in it comes from a request.
   * Clients on other machines are not shown where the server listens.
   */
  get page(): string {
    const origin = this.options.allowRemoteClients ? undefined : this.origin();
    return `${origin ?? '…'}${this.path()}`;
  }

  /** The port is known when the server listens, which is after this. */
  onApplicationBootstrap(): void {
    const server = this.server();
    if (server?.listening === true) {
      this.announce();
    } else {
      server?.once?.('listening', () => this.announce());
    }
  }

  private announce(): void {
    const origin = this.origin() ?? '';
    const further = this.session.hasFixed
      ? `at ${this.path()} itself, enter the token of CorsDevtoolsModule.forRoot()`
      : 'app.get(CorsDevtools).url() makes another';
    this.logger.log(`CORS devtools: ${this.url(origin)} (opens once; ${further})`);
    const guards = this.globalGuards();
    if (guards.length > 0 && this.options.decorators.length === 0) {
      this.logger.log(
        `${guards.join(' and ')} of the application ${guards.length === 1 ? 'runs' : 'run'} before the devtools. Where that refuses the page, ` +
          'write what it looks for: CorsDevtoolsModule.forRoot({ decorators: [Public()] }).',
      );
    }
  }

  /** Names of the guards that the application runs for every route. */
  private globalGuards(): string[] {
    const scoped = this.config.getGlobalRequestGuards().map(({ metatype }) => metatype);
    // The library removes its own guard where it has no work, which leaves gaps.
    const guards = [...this.config.getGlobalGuards().map((guard) => guard?.constructor), ...scoped];
    return guards.flatMap((guard) =>
      guard === undefined || guard === null || guard === CorsGuard ? [] : [guard.name || 'A global guard'],
    );
  }

  /** `undefined` before the application listens, and on a Unix socket. */
  private origin(): string | undefined {
    const server = this.server();
    const address = server?.address?.();
    if (server === undefined || typeof address !== 'object' || address === null) {
      return undefined;
    }
    const scheme = 'setSecureContext' in server ? 'https' : 'http';
    const isLocal = isLoopbackAddress(address.address) || address.address === '::' || address.address === '0.0.0.0';
    const remote = address.address.includes(':') ? `[${address.address}]` : address.address;
    return `${scheme}://${isLocal ? 'localhost' : remote}:${address.port}`;
  }

  /** The global prefix is included, wherever the application has it. */
  private path(): string {
    const own = `/${this.options.path}`;
    const { router } = this.moduleRef.get(RunningEvaluator, { strict: false }).evaluator;
    const route = router.routes.find(
      ({ controller, methodName, path }) => isOwn(controller) && methodName === 'page' && path.endsWith(own),
    );
    return route?.path ?? own;
  }

  /** An application context has none. */
  private server(): Server | undefined {
    const adapter = this.host.httpAdapter as { getHttpServer(): unknown } | undefined;
    return adapter?.getHttpServer() as Server | undefined;
  }
}
