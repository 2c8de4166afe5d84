import { Controller, type MiddlewareConsumer, Module, RequestMethod, Req, Res, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CorsModule, CorsPolicy, DisableCors } from '../../../lib/index.js';
import { VERBS } from '../../support/controller-of.js';
import { portOf } from '../../support/listening.js';
import type { JudgingLogger } from '../application/judging-logger.js';
import type { Blueprint, ComposedAdapter, HandlerBlueprint, OtherBlueprint } from './blueprint.js';
import { type ChangedRequest, changeFor } from './changes.js';
import { MEANINGS, defaultMeaning } from './policies.js';
import { type FrameworkResponse, write } from './writing.js';

type Next = (error?: unknown) => void;
type Answering = (request: ChangedRequest, response: FrameworkResponse, next: Next) => void;
type Mounting = (path: string, answer: Answering) => unknown;
type Routes = Readonly<Record<OtherBlueprint['verb'] | 'use', Mounting>> & { route(options: object): unknown };

/** Builds the application of a blueprint and has it listen. @returns its port */
export async function startComposed(
  adapter: ComposedAdapter,
  { handlers, others, changes, entries, rejects, trustsProxy }: Blueprint,
  logger: JudgingLogger,
): Promise<number> {
  @Module({
    imports: [
      CorsModule.forRoot({
        ...defaultMeaning(rejects).options,
        policies: Object.fromEntries(Object.entries(MEANINGS).map(([name, { options }]) => [name, options])),
        paths: [...entries],
      }),
    ],
    controllers: handlers.map(controllerFor),
  })
  class ComposedModule {
    configure(consumer: MiddlewareConsumer): void {
      for (const [at, other] of others.entries()) {
        if (other.kind === 'applied' && adapter === 'express') {
          const path = `${other.path.slice(1)}{/*rest}`;
          consumer.apply(expressWith(answerOf(other, at))).forRoutes({ path, method: RequestMethod.ALL });
        }
      }
    }
  }

  const platform =
    adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter({ trustProxy: trustsProxy, bodyLimit: 4096 });
  const app = await NestFactory.create<NestExpressApplication & NestFastifyApplication>(ComposedModule, platform, {
    logger,
    abortOnError: false,
  });
  if (adapter === 'express') {
    app.set('trust proxy', trustsProxy);
    app.disable('x-powered-by');
  }
  changes.forEach((change) => app.use(changeFor(change)));
  for (const [at, other] of others.entries()) {
    mount(adapter, app, other, answerOf(other, at));
  }
  await app.listen(0, '127.0.0.1');
  return portOf(app);
}

function mount(
  adapter: ComposedAdapter,
  app: NestExpressApplication & NestFastifyApplication,
  { kind, path, verb }: OtherBlueprint,
  answer: Answering,
): void {
  const instance = app.getHttpAdapter().getInstance() as unknown as Routes;
  if (kind === 'route at a host' && adapter === 'fastify') {
    instance.route({ method: verb.toUpperCase(), url: path, constraints: { host: 'one.test' }, handler: answer });
  } else if (kind === 'route' || kind === 'route at a host') {
    instance[verb](path, answer);
  } else if (kind === 'mounted' && adapter === 'express') {
    instance.use(path, expressWith(answer));
  } else if (kind === 'middleware' || adapter === 'fastify') {
    app.use(path, answer);
  }
}

function answerOf({ writing }: OtherBlueprint, at: number): Answering {
  return (_request, response) => write(response, `other ${at}`, writing);
}

/** An Express application of somebody else's: a function that answers, and gives the response its own prototype. */
function expressWith(answer: Answering): Answering {
  const instance = new ExpressAdapter().getInstance() as unknown as Answering & { use(answer: Answering): void };
  instance.use(answer);
  return instance;
}

/** Decorates as many libraries do: with a function in the place of the handler. */
const Wrapped: MethodDecorator = (_target, _key, descriptor) => {
  const { value } = descriptor as PropertyDescriptor;
  return {
    ...(descriptor as object),
    value(this: unknown, ...values: unknown[]) {
      return value.apply(this, values);
    },
  } as never;
};

function controllerFor({ verb, path, host, policy, wrapped, writing }: HandlerBlueprint, at: number): Type {
  class Composed {
    handle(_request: ChangedRequest, response: FrameworkResponse): void {
      write(response, `handler ${at}`, writing);
    }
  }
  Req()(Composed.prototype, 'handle', 0);
  Res()(Composed.prototype, 'handle', 1);
  const own = policy === 'disabled' ? DisableCors() : CorsPolicy(policy);
  const decorators = [VERBS[verb](path), ...(wrapped ? [Wrapped] : []), own];
  const handle = Object.getOwnPropertyDescriptor(Composed.prototype, 'handle') as PropertyDescriptor;
  const decorated = Reflect.decorate(decorators, Composed.prototype, 'handle', handle) as PropertyDescriptor;
  Object.defineProperty(Composed.prototype, 'handle', decorated);
  Controller(host ? { host: 'one.test' } : {})(Composed);
  return Composed;
}
