import { Controller, Get } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CorsPolicy, DisableCors } from '../../lib/index.js';
import { ENVIRONMENTS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

function list(): string {
  return 'rows';
}

/** Makes a controller around a function that all of them share, as CRUD factories do. */
function crud(path: string, ...decorators: MethodDecorator[]) {
  class Crud {}
  Object.defineProperty(Crud.prototype, 'list', { value: list, configurable: true, writable: true });
  for (const decorate of [Get(), ...decorators]) {
    decorate(Crud.prototype, 'list', Object.getOwnPropertyDescriptor(Crud.prototype, 'list')!);
  }
  Controller(path)(Crud);
  return Crud;
}

const PublicController = crud('public', CorsPolicy({ origin: '*' }));
const ClosedController = crud('closed', DisableCors());
const PlainController = crud('plain');

class Base {
  @Get('called') @CorsPolicy({ origin: '*' }) called(): string {
    return 'public';
  }
  @Get('written') @CorsPolicy({ origin: '*' }) written(): string {
    return 'public';
  }
  @Get('later') @CorsPolicy({ origin: '*' }) async later(): Promise<string> {
    return 'public';
  }
}

class Called extends Base {
  override called(): string {
    return 'overridden';
  }
  @Get('written') override written(): string {
    return 'overridden';
  }
  override async later(): Promise<string> {
    return 'overridden';
  }
}
for (const name of ['called', 'later'] as const) {
  Get(name)(Called.prototype, name, Object.getOwnPropertyDescriptor(Called.prototype, name)!);
}
Controller('heir')(Called);

/** Wraps every method in a subclass, and takes what Nest knows of it along, but nothing else. */
function traced(target: new () => object): new () => object {
  const Traced = { [target.name]: class extends target {} }[target.name]!;
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(target.prototype as object))) {
    if (name !== 'constructor') {
      const wrapped = function (this: unknown, ...args: unknown[]): unknown {
        return (value as (...args: unknown[]) => unknown).apply(this, args);
      };
      for (const key of ['path', 'method']) {
        Reflect.defineMetadata(key, Reflect.getMetadata(key, value as object), wrapped);
      }
      Object.defineProperty(Traced.prototype, name, { value: wrapped, configurable: true, writable: true });
    }
  }
  return Traced;
}

// Decorators that are called leave no types, as without `emitDecoratorMetadata`.
class Untyped {
  closed(): string {
    return 'closed';
  }
}
for (const decorate of [Get('closed'), DisableCors()]) {
  decorate(Untyped.prototype, 'closed', Object.getOwnPropertyDescriptor(Untyped.prototype, 'closed')!);
}
const UntypedController = traced(Untyped);
Controller('untyped')(UntypedController);

describe.each(ENVIRONMENTS)('handler that several classes share, on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;

  afterEach(() => application.close());

  const allowed = async (path: string, origin: string) => {
    const response = await application.from(origin, path);
    return corsHeaders(response)['access-control-allow-origin'];
  };

  it('each class: has its own policy, not that of the function', async () => {
    const controllers = [PublicController, ClosedController, PlainController];
    application = await startApplication(platform, bootstrap, { controllers, cors: { origin: APP } });
    expect(await Promise.all(['/public', '/closed', '/plain'].map((path) => allowed(path, APP)))).toEqual([
      '*',
      undefined,
      APP,
    ]);
    expect(await allowed('/plain', STRANGER)).toBeUndefined();
  });

  it('overriding method: starts without the overridden policy', async () => {
    application = await startApplication(platform, bootstrap, { controllers: [Called], cors: { origin: APP } });
    for (const path of ['/heir/called', '/heir/written', '/heir/later']) {
      expect([path, await allowed(path, STRANGER), await allowed(path, APP)]).toEqual([path, undefined, APP]);
    }
  });
});

describe('decorator that may be lost', () => {
  it.each([
    ['by a wrapper in a subclass', [UntypedController], 'Untyped.closed'],
    ['with a function that another class decorates', [ClosedController, PlainController], 'Crud.list'],
  ])('%s: one warning', async (_how, controllers, named) => {
    const application = await startApplication('express', 'NestFactory', { controllers, cors: { origin: APP } });
    await application.close();
    const said = application.logger.warnings.filter((message) => message.includes('wrap or share'));
    expect(said).toEqual([expect.stringContaining(`: ${named}. `)]);
  });
});
