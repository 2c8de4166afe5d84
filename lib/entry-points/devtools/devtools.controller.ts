import type { OutgoingHttpHeaders } from 'node:http';
import { Controller, Get, Inject, Param, Post, Req, Res, type Type, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { isInexplicable } from '../../inspect/described-handshake.js';
import type { CorsExplainedRequest } from '../../inspect/explanation.js';
import { CorsInspector } from '../../inspect/inspector.js';
import { describeUnknown, isUnknown } from '../../inspect/unknown-route.js';
import { nodeRequest } from '../../request/incoming-request.js';
import { DisableCors } from '../../decorators/index.js';
import { markAsOwn } from '../../inspect/own-routes.js';
import { CorsDevtools, type DevtoolsUrls } from './cors-devtools.js';
import { DevtoolsSession } from './devtools-session.js';
import { CORS_DEVTOOLS_OPTIONS, type ResolvedDevtoolsOptions } from './devtools.options.js';
import { COMMON_HEADERS, hostOf, queryOf, relativePage, sendJson, takeOver } from './devtools.requests.js';
import { type ExplainQuery, type QueryProblem, parseExplainQuery, parseHandshakeQuery } from './explain-query.js';
import { readFormToken } from './token-form.js';
import { FeedStreams } from './feed-streams.js';
import { LoopbackGuard } from './loopback.guard.js';
import { OwnPageGuard } from './own-page.guard.js';
import { isSignedIn, signInCookie } from './session-cookie.js';
import { Entrance, SessionGuard } from './session.guard.js';
import { type PageFile, assetNamed, localPageOrigin, lockedPage, mainPage, senderPage } from './page-files.js';

/** The routes of the devtools. {@link controllerAt} adds the path and the decorators. */
export class DevtoolsEndpoints {
  constructor(
    @Inject(CORS_DEVTOOLS_OPTIONS) private readonly options: ResolvedDevtoolsOptions,
    @Inject(FeedStreams) private readonly streams: FeedStreams,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Inject(DevtoolsSession) private readonly session: DevtoolsSession,
    @Inject(CorsDevtools) private readonly urls: DevtoolsUrls,
  ) {}

  /** Exchanges a token for the session's cookie, and redirects to a URL without the token. */
  @Get()
  @Entrance('token')
  page(@Req() request: unknown, @Res() response: unknown): void {
    const page = relativePage(request, this.options.path);
    const token = queryOf(request).get('token');
    if (isSignedIn(request, this.session)) {
      if (token === null) {
        const base = page === './' ? page : `${page}/`;
        sendFile(response, mainPage(base, hostOf(request), this.session.ticket));
      } else {
        redirect(response, page);
      }
    } else if (token !== null && nodeRequest(request).method === 'HEAD' && this.session.accepts(token)) {
      // A preview of a link must not use the token up.
      redirect(response, page);
    } else if (token !== null && this.session.redeem(token)) {
      redirect(response, page, { 'Set-Cookie': signInCookie(request, this.session) });
    } else {
      sendFile(response, lockedPage(page, this.urls.page, { hasForm: this.session.hasFixed }), 401);
    }
  }

  /** Exchanges the token of the options for the session's cookie. The token is in the body, which access logs do not keep. */
  @Post()
  @Entrance('token')
  @UseGuards(OwnPageGuard)
  async signIn(@Req() request: unknown, @Res() response: unknown): Promise<void> {
    const page = relativePage(request, this.options.path);
    const token = await readFormToken(request);
    if (token === undefined) {
      const message = 'The body of the form must be at most 4096 octets.';
      // The rest of the body is not read. HTTP/2 has no such header.
      const headers = nodeRequest(request).httpVersionMajor === 1 ? { Connection: 'close' } : {};
      sendJson(response, { statusCode: 413, message }, 413, headers);
    } else if (this.session.isFixed(token)) {
      redirect(response, page, { 'Set-Cookie': signInCookie(request, this.session) });
    } else {
      sendFile(response, lockedPage(page, this.urls.page, { hasForm: this.session.hasFixed, isRefused: true }), 401);
    }
  }

  @Get('sender')
  @Entrance('ticket')
  sender(@Req() request: unknown, @Res() response: unknown): void {
    const page = localPageOrigin(queryOf(request).get('page'), hostOf(request));
    if (page === undefined) {
      const message = 'page must be the origin of the devtools page, on this machine and at this port.';
      sendJson(response, { statusCode: 400, message }, 400);
    } else {
      sendFile(response, senderPage(page, this.session.ticket));
    }
  }

  @Get('sender.js')
  @Entrance('ticket')
  @UseGuards(OwnPageGuard)
  senderScript(@Res() response: unknown): void {
    this.asset('sender.js', response);
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
    sendJson(response, this.inspector.routes());
  }

  @Get('audit')
  @UseGuards(OwnPageGuard)
  audit(@Res() response: unknown): void {
    sendJson(response, this.inspector.audit());
  }

  /** Calls the application's lookups and origin functions, as a real request does, and no handler. */
  @Get('explanation')
  @UseGuards(OwnPageGuard)
  async explanation(@Req() request: unknown, @Res() response: unknown): Promise<void> {
    const query = parseExplainQuery(queryOf(request).get('request'));
    await explain(query, response, (explained) => this.explained(explained));
  }

  @Get('handshake')
  @UseGuards(OwnPageGuard)
  async handshake(@Req() request: unknown, @Res() response: unknown): Promise<void> {
    const query = parseHandshakeQuery(queryOf(request).get('request'));
    const names = this.inspector.sockets().map(({ gateway }) => gateway);
    const { gateway } = query.problems === undefined ? query.request : {};
    const unknown: ExplainQuery<never> = {
      problems: [{ field: 'gateway', message: 'is no gateway of the application.' }],
    };
    const known = gateway === undefined || names.includes(gateway) ? query : unknown;
    await explain(known, response, (explained) => this.inspector.explainHandshake(explained));
  }

  /** Where sockets are opened, and how many connections are open now. */
  @Get('sockets')
  @UseGuards(OwnPageGuard)
  sockets(@Res() response: unknown): void {
    sendJson(response, { places: this.inspector.sockets(), open: this.inspector.openConnections() });
  }

  @Get('events')
  @UseGuards(OwnPageGuard)
  events(@Req() request: unknown, @Res() response: unknown): void {
    this.streams.open(nodeRequest(request), response);
  }

  /** An explanation, with the route that was probably meant where the path is most likely misspelt. */
  private async explained(request: CorsExplainedRequest): Promise<object> {
    const explanation = await this.inspector.explain(request);
    return isUnknown(explanation)
      ? { ...explanation, unknownRoute: await describeUnknown(this.inspector, explanation) }
      : explanation;
  }

  private get inspector(): CorsInspector {
    return this.moduleRef.get(CorsInspector, { strict: false });
  }
}

/** What `@ApiExcludeController()` of @nestjs/swagger writes. That package is not a dependency. */
const NOT_IN_SWAGGER = ['swagger/apiExcludeController', [true]] as const;

/** The controller of one `forRoot()`: at its path, for every version, with its decorators. */
export function controllerAt({ path, decorators }: ResolvedDevtoolsOptions): Type<DevtoolsEndpoints> {
  @Controller({ path, version: VERSION_NEUTRAL })
  @DisableCors()
  @UseGuards(LoopbackGuard, SessionGuard)
  class CorsDevtoolsController extends DevtoolsEndpoints {}

  markAsOwn(CorsDevtoolsController);
  Reflect.defineMetadata(...NOT_IN_SWAGGER, CorsDevtoolsController);
  decorators.forEach((decorate) => decorate(CorsDevtoolsController));
  return CorsDevtoolsController;
}

/** Sends the explanation, or the problems of the query. */
async function explain<Explained>(
  query: ExplainQuery<Explained>,
  response: unknown,
  work: (request: Explained) => Promise<unknown>,
): Promise<void> {
  if (query.problems !== undefined) {
    sendProblems(response, query.problems);
    return;
  }
  try {
    sendJson(response, await work(query.request));
  } catch (error) {
    if (!isInexplicable(error)) {
      throw error;
    }
    sendProblems(response, [{ field: error.field, message: `cannot be explained. ${error.message}` }]);
  }
}

function sendProblems(response: unknown, problems: readonly QueryProblem[]): void {
  const message = problems.map(({ field, message: text }) => `${field} ${text}`).join(' ');
  sendJson(response, { statusCode: 400, message, problems }, 400);
}

/** Redirects with 303 to a URL without the token, so that neither the address bar nor a later log line shows it. */
function redirect(response: unknown, location: string, headers: OutgoingHttpHeaders = {}): void {
  takeOver(response)
    .writeHead(303, { ...COMMON_HEADERS, ...headers, Location: location, 'Content-Length': 0 })
    .end();
}

function sendFile(response: unknown, { type, body, contentSecurityPolicy, headers }: PageFile, status = 200): void {
  takeOver(response)
    .writeHead(status, {
      ...COMMON_HEADERS,
      ...headers,
      'Content-Security-Policy': contentSecurityPolicy,
      'Content-Type': type,
      'Content-Length': Buffer.byteLength(body),
    })
    .end(body);
}
