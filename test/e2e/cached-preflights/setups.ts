import { type INestApplication, VersioningType } from '@nestjs/common';
import { CorsPolicy, type CorsPolicyDefinition, type OriginLookup } from '../../../lib/index.js';
import type { ApplicationSetup, Platform } from '../../support/application.js';
import { type HandlerSketch, controllerOf } from '../../support/controller-of.js';

export const APP = 'https://app.example.com';
export const OTHER = 'https://other.example.com';
/** What every policy has that the tables do not say otherwise. */
export const BASE = { origin: APP, maxAge: 600 } as const;

/** A configuration, and a preflight whose `Access-Control-Max-Age` it decides. */
export interface CachedPreflight {
  readonly title: string;
  readonly setup: (platform: Platform) => ApplicationSetup;
  /** Default: `/things/7`, PUT, the test's own host. */
  readonly path?: string;
  readonly method?: string;
  readonly host?: string;
}

/** A {@link CachedPreflight} that must not be cached, and what `explain()` and `audit()` must name as the difference. */
export interface UncachedPreflight extends CachedPreflight {
  readonly because: RegExp;
}

/** `origin` and `originLookup` are one field, and @DisableCors() leaves it empty. */
export const ORIGIN = /\borigin(?:Lookup)?\b|@DisableCors\(\)/;

export const policy = (fields: CorsPolicyDefinition) => CorsPolicy({ ...BASE, ...fields });
export const things = (...handlers: HandlerSketch[]): ApplicationSetup => ({
  controllers: [controllerOf('things', handlers)],
  cors: BASE,
});
export const put = (...decorators: MethodDecorator[]): HandlerSketch => ['Put', ':id', ...decorators];
export const post = (...decorators: MethodDecorator[]): HandlerSketch => ['Post', ':id', ...decorators];
/** Two handlers of one URL, whose policies differ as said. */
export const pair = (one: CorsPolicyDefinition, two: CorsPolicyDefinition) => (): ApplicationSetup =>
  things(put(policy(one)), post(policy(two)));
export const byDefault = (cors: ApplicationSetup['cors'], ...handlers: HandlerSketch[]): ApplicationSetup => ({
  controllers: [controllerOf('things', handlers)],
  cors: { ...BASE, ...(cors as object) },
});

export const byTenant = (allowed: (tenant: string | undefined) => boolean): OriginLookup => ({
  isOriginAllowed: (origin, { tenant }) => origin === APP && allowed(tenant),
});
export const always = byTenant(() => true);
export const isApp = (origin: string): boolean => origin === APP;

type Answer = (request: unknown, response: { send(body: string): unknown }) => void;
const answer: Answer = (_request, response) => void response.send('by another library');

/** Another library's route on the same URL, as each framework has it. */
export const foreignPost =
  (path: string) =>
  (app: INestApplication): void => {
    const instance = app.getHttpAdapter().getInstance() as { post(path: string, answer: Answer): void };
    instance.post(path, answer);
  };

/** Another library's Fastify plugin with the same route. */
export const pluginPost =
  (path: string) =>
  (app: INestApplication): void => {
    const instance = app.getHttpAdapter().getInstance() as { register(plugin: unknown): void };
    instance.register(async (scope: { post(path: string, answer: Answer): void }) => void scope.post(path, answer));
  };

/** A middleware that answers one method below a path. */
export const middleware =
  (path: string, method: string) =>
  (app: INestApplication): void =>
    void app.use(path, (request: { method: string }, response: { end(body: string): void }, next: () => void) =>
      request.method === method ? response.end('by a middleware') : next(),
    );

export const versions = (app: INestApplication): void =>
  void app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' });
