import { Controller, Get, Inject, Param, Req, Res, type Type, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CorsInspector } from '../cors.inspector.js';
import { nodeRequest } from '../request/node-objects.js';
import { DisableCors } from '../decorators/index.js';
import { CORS_DEVTOOLS_OPTIONS, type ResolvedDevtoolsOptions } from './devtools.options.js';
import { COMMON_HEADERS, hasTrailingSlash, hostOf, queryOf, sendJson, takeOver } from './devtools.requests.js';
import { parseExplainQuery } from './explain-query.js';
import { FeedStreams } from './feed-streams.js';
import { LoopbackGuard } from './loopback.guard.js';
import { OwnPageGuard } from './own-page.guard.js';
import { type PageFile, assetNamed, localPageOrigin, mainPage, senderPage } from './page-files.js';

/** What the routes of the devtools answer. It has its path and its decorators from {@link controllerAt}. */
export class DevtoolsEndpoints {
  constructor(
    @Inject(CORS_DEVTOOLS_OPTIONS) private readonly options: ResolvedDevtoolsOptions,
    @Inject(FeedStreams) private readonly streams: FeedStreams,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {}

  @Get()
  page(@Req() request: unknown, @Res() response: unknown): void {
    // Links are relative, so that a global prefix, or a proxy's, needs no telling.
    const base = hasTrailingSlash(request) ? './' : `./${this.options.path.split('/').pop()}/`;
    sendFile(response, mainPage(base, hostOf(request)));
  }

  @Get('sender')
  sender(@Req() request: unknown, @Res() response: unknown): void {
    const page = localPageOrigin(queryOf(request).get('page'), hostOf(request));
    if (page === undefined) {
      const message = 'page has to be the origin of the devtools page, on this machine and at this port.';
      sendJson(response, { statusCode: 400, message }, 400);
    } else {
      sendFile(response, senderPage('./', page));
    }
  }

  @Get('assets/:name')
  @UseGuards(OwnPageGuard)
  asset(@Param('name') name: string, @Res() response: unknown): void {
    const file = assetNamed(name);
    if (file === undefined) {
      sendJson(response, { statusCode: 404, message: 'There is no such file.' }, 404);
    } else {
      sendFile(response, file);
    }
  }

  @Get('routes')
  @UseGuards(OwnPageGuard)
  routes(@Res() response: unknown): void {
    sendJson(
      response,
      this.inspector.routes().filter(({ controller }) => controller !== CONTROLLER_NAME),
    );
  }

  @Get('audit')
  @UseGuards(OwnPageGuard)
  audit(@Res() response: unknown): void {
    sendJson(response, this.inspector.audit());
  }

  /** Runs the application's lookups and origin functions, as a real request would; handlers are not run. */
  @Get('explanation')
  @UseGuards(OwnPageGuard)
  async explanation(@Req() request: unknown, @Res() response: unknown): Promise<void> {
    const query = parseExplainQuery(queryOf(request).get('request'));
    if (query.problems === undefined) {
      sendJson(response, await this.inspector.explain(query.request));
    } else {
      const message = query.problems.map(({ field, message: text }) => `${field} ${text}`).join(' ');
      sendJson(response, { statusCode: 400, message, problems: query.problems }, 400);
    }
  }

  @Get('events')
  @UseGuards(OwnPageGuard)
  events(@Req() request: unknown, @Res() response: unknown): void {
    this.streams.open(nodeRequest(request), response);
  }

  private get inspector(): CorsInspector {
    return this.moduleRef.get(CorsInspector, { strict: false });
  }
}

const CONTROLLER_NAME = 'CorsDevtoolsController';

/** The controller of one `forRoot()`: at its path, for every version, with its decorators. */
export function controllerAt({ path, decorators }: ResolvedDevtoolsOptions): Type<DevtoolsEndpoints> {
  @Controller({ path, version: VERSION_NEUTRAL })
  @DisableCors()
  @UseGuards(LoopbackGuard)
  class CorsDevtoolsController extends DevtoolsEndpoints {}

  decorators.forEach((decorate) => decorate(CorsDevtoolsController));
  return CorsDevtoolsController;
}

function sendFile(response: unknown, { type, body, contentSecurityPolicy }: PageFile): void {
  takeOver(response)
    .writeHead(200, {
      ...COMMON_HEADERS,
      'Content-Security-Policy': contentSecurityPolicy,
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
    })
    .end(body);
}
