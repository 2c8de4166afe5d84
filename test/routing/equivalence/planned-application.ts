import {
  Controller,
  type ExecutionContext,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  RequestMapping,
  RequestMethod,
  Scope,
  type Type,
  Version,
  VERSION_NEUTRAL,
  type VersioningOptions,
  VersioningType,
} from '@nestjs/common';
import { NestFactory, RouterModule } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, RouteConstraints } from '@nestjs/platform-fastify';
import express from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CorsModule, CorsPolicy, DisableCors } from '../../../lib/index.js';
import {
  type ApplicationPlan,
  controllersOf,
  DEFAULT_ORIGIN,
  entryOrigin,
  handlerName,
  originOf,
  type PlannedController,
  type PolicyPlan,
  type VersioningPlan,
} from './application-plan.js';
import { headerConstraint } from '../../support/header-constraint.js';

/** An application that Nest or a router refuses. */
export class RefusedApplication extends Error {}

/**
 * Builds the application out of real controllers and modules and has it listen.
 * @throws RefusedApplication
 */
export async function startPlanned(plan: ApplicationPlan): Promise<INestApplication> {
  return startUnlessRefused(plan).catch((cause: unknown) => {
    throw new RefusedApplication(String(cause), { cause });
  });
}

async function startUnlessRefused(plan: ApplicationPlan): Promise<INestApplication> {
  const adapter = plan.platform === 'express' ? expressAdapter(plan) : fastifyAdapter(plan);
  const options = {
    logger: false as const,
    abortOnError: false,
    ...(plan.bySpecificity && { routeResolutionStrategy: 'specificity' }),
    ...(plan.dropsDuplicates && { routeConflictPolicy: { duplicate: 'off', shadow: 'off' } }),
  };
  const app = await NestFactory.create(rootModule(plan), adapter, options as object);
  try {
    if (plan.prefix !== '') {
      app.setGlobalPrefix(plan.prefix, { exclude: [...plan.excluded] });
    }
    if (plan.versioning.kind !== 'none') {
      app.enableVersioning(versioningOptions(plan.versioning));
    }
    app.useGlobalInterceptors({
      intercept(context: ExecutionContext, next) {
        const reached = `${context.getClass().name}.${context.getHandler().name}`;
        adapter.setHeader(context.switchToHttp().getResponse(), 'x-reached', reached);
        return next.handle();
      },
    });
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

function expressAdapter({
  express: { caseSensitive, strict, isSetLate },
  trustsProxy,
}: ApplicationPlan): ExpressAdapter {
  const instance = express();
  const set = () => {
    instance.set('case sensitive routing', caseSensitive);
    instance.set('strict routing', strict);
    instance.set('trust proxy', trustsProxy);
  };
  if (!isSetLate) {
    set();
  }
  const adapter = new ExpressAdapter(instance);
  if (isSetLate) {
    set();
  }
  return adapter;
}

function fastifyAdapter({ fastify, trustsProxy }: ApplicationPlan): FastifyAdapter {
  const { isNested, rewrites, ...routerOptions } = fastify;
  return new FastifyAdapter({
    routerOptions: { constraints: { tier: headerConstraint('tier') }, ...(isNested && routerOptions) },
    ...(!isNested && routerOptions),
    trustProxy: trustsProxy,
    ...(rewrites !== '' && {
      rewriteUrl: ({ url = '' }: { url?: string }) => (url.startsWith(rewrites) ? url.slice(rewrites.length) : url),
    }),
  } as object);
}

function rootModule(plan: ApplicationPlan): Type {
  const modules = plan.modules.map((module, index) => {
    @Module({ controllers: controllersOf(module, index).flatMap(controllerClasses) })
    class PlannedModule {}
    return { path: module.path, module: PlannedModule };
  });
  const paths = plan.entries.map((path, index) => ({ path, policy: { origin: entryOrigin(index) } }));

  @Module({
    imports: [
      CorsModule.forRoot({ origin: DEFAULT_ORIGIN, paths, logging: 'off' }),
      ...modules.map(({ module }) => module),
      RouterModule.register(modules.filter(({ path }) => path !== '')),
    ],
  })
  class RootModule {
    configure(consumer: MiddlewareConsumer): void {
      if (plan.answeredByMiddleware !== undefined) {
        consumer.apply(answerOrPass).forRoutes(plan.answeredByMiddleware);
      }
    }
  }
  return RootModule;
}

function answerOrPass({ headers }: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (headers['x-pass'] !== undefined) {
    next();
    return;
  }
  response.setHeader('x-reached', 'middleware');
  response.setHeader('content-length', '0');
  response.end();
}

const bases = new WeakMap<object, Type>();

function controllerClasses(controller: PlannedController): Type[] {
  const { plan, name, paths } = controller;
  // An heir comes after the controller whose handlers it shares.
  const base = bases.get(plan) ?? withHandlers({ [`${name}base`]: class {} }[`${name}base`] as Type, controller);
  bases.set(plan, base);
  const planned = { [name]: class extends base {} }[name] as Type;
  Controller({
    path: [...paths],
    scope: plan.isRequestScoped ? Scope.REQUEST : Scope.DEFAULT,
    ...(plan.hosts.length > 0 && { host: [...plan.hosts] }),
    ...(plan.versions.length > 0 && { version: versionsOf(plan.versions) }),
  })(planned);
  policyDecorators(plan.policy, name).forEach((decorate) => decorate(planned));
  return [planned];
}

function withHandlers(base: Type, controller: PlannedController): Type {
  controller.plan.handlers.forEach(({ method, paths, versions, policy, constraints }, index) => {
    const name = handlerName(controller, index);
    const value = { [name]: () => undefined }[name]!;
    const descriptor = { value, writable: true, configurable: true, enumerable: false };
    Object.defineProperty(base.prototype, name, descriptor);
    const decorators = [
      RequestMapping({ method: RequestMethod[method], path: [...paths] }),
      ...(versions.length > 0 ? [Version(versionsOf(versions))] : []),
      ...(Object.keys(constraints).length > 0 ? [RouteConstraints(constraints)] : []),
      ...policyDecorators(policy, name),
    ];
    decorators.forEach((decorate) => decorate(base.prototype as object, name, descriptor));
  });
  return base;
}

function policyDecorators(policy: PolicyPlan, name: string): (MethodDecorator & ClassDecorator)[] {
  return policy === 'own' ? [CorsPolicy({ origin: originOf(name) })] : policy === 'disabled' ? [DisableCors()] : [];
}

function versionsOf(
  versions: readonly string[],
): string | typeof VERSION_NEUTRAL | (string | typeof VERSION_NEUTRAL)[] {
  const named = versions.map((version) => (version === 'neutral' ? VERSION_NEUTRAL : version));
  return named.length === 1 ? named[0]! : named;
}

function versioningOptions({ kind, byDefault, prefix }: VersioningPlan): VersioningOptions {
  const defaultVersion = byDefault.length > 0 ? versionsOf(byDefault) : undefined;
  switch (kind) {
    case 'header':
      return { type: VersioningType.HEADER, header: 'X-Version', defaultVersion } as VersioningOptions;
    case 'media-type':
      return { type: VersioningType.MEDIA_TYPE, key: 'v=', defaultVersion } as VersioningOptions;
    case 'custom':
      return { type: VersioningType.CUSTOM, extractor: extractVersion, defaultVersion } as VersioningOptions;
    default:
      return { type: VersioningType.URI, prefix: prefix === '' ? false : prefix, defaultVersion } as VersioningOptions;
  }
}

function extractVersion(request: unknown): string | string[] {
  const { headers } = request as { headers: Record<string, string | undefined> };
  const version = headers['x-version'] ?? '';
  if (version === 'throw') {
    throw new Error('No version in that');
  }
  return version.includes(',') ? version.split(',') : version;
}
