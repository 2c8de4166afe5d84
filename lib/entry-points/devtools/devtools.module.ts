import { type DynamicModule, Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { DecisionReporter } from '../../request/decision-reporter.js';
import { CorsDevtools, DevtoolsUrls } from './cors-devtools.js';
import { DecisionFeed } from './decision-feed.js';
import { DevtoolsSession } from './devtools-session.js';
import { controllerAt } from './devtools.controller.js';
import {
  CORS_DEVTOOLS_OPTIONS,
  type CorsDevtoolsOptions,
  type ResolvedDevtoolsOptions,
  resolveOptions,
} from './devtools.options.js';
import { FeedStreams } from './feed-streams.js';
import { LoopbackGuard } from './loopback.guard.js';
import { OwnPageGuard } from './own-page.guard.js';
import { SessionGuard } from './session.guard.js';

/**
 * Serves one page about the CORS policies of the running application. It shows every route with its policy and where each
 * field was set, decisions about real requests as they are made, and the explanation of any request, which the browser can
 * also send for real. It opens with the URL that the application logs when it starts to listen. Import it beside
 * `CorsModule.forRoot()`, in development only.
 *
 * @example
 * ```ts
 * const development = process.env.NODE_ENV !== 'production';
 *
 * @Module({ imports: [CorsModule.forRoot(options), ...(development ? [CorsDevtoolsModule.forRoot()] : [])] })
 * export class AppModule {}
 * ```
 */
@Module({})
export class CorsDevtoolsModule {
  constructor() {
    throw new Error('CorsDevtoolsModule is imported without options. Write CorsDevtoolsModule.forRoot().');
  }

  /**
   * Adds the page to the application.
   * @throws TypeError when `path` is not a fixed path or `token` is too short; at boot, an Error with `NODE_ENV=production` unless
   * `allowInProduction` is set, and without `CorsModule.forRoot()`
   */
  static forRoot(options: CorsDevtoolsOptions = {}): DynamicModule {
    const resolved = resolveOptions(options);
    return {
      module: DevtoolsPageModule,
      imports: resolved.imports,
      controllers: [controllerAt(resolved)],
      providers: [
        { provide: CORS_DEVTOOLS_OPTIONS, useValue: resolved },
        { provide: CorsDevtools, useClass: DevtoolsUrls },
        DevtoolsSession,
        DecisionFeed,
        FeedStreams,
        LoopbackGuard,
        OwnPageGuard,
        SessionGuard,
      ],
      exports: [CorsDevtools],
    };
  }
}

/** What `forRoot()` registers: the page, fed with decisions while the application runs. */
@Module({})
class DevtoolsPageModule implements OnApplicationBootstrap, OnModuleDestroy {
  private decisions: DecisionReporter | undefined;

  constructor(
    @Inject(CORS_DEVTOOLS_OPTIONS) { allowInProduction }: ResolvedDevtoolsOptions,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Inject(DecisionFeed) private readonly feed: DecisionFeed,
  ) {
    if (process.env['NODE_ENV'] === 'production' && !allowInProduction) {
      throw new Error(
        'CorsDevtoolsModule is imported and NODE_ENV is "production": its page would show every route, its policy and the ' +
          'origins of visitors. Leave the module out there, or pass allowInProduction: true to forRoot().',
      );
    }
  }

  onApplicationBootstrap(): void {
    this.decisions = this.findDecisions();
    this.decisions.add(this.feed);
  }

  onModuleDestroy(): void {
    this.decisions?.remove(this.feed);
  }

  private findDecisions(): DecisionReporter {
    try {
      return this.moduleRef.get(DecisionReporter, { strict: false });
    } catch {
      throw new Error('CorsDevtoolsModule has nothing to show: import CorsModule.forRoot() as well.');
    }
  }
}
