import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, applyDecorators } from '@nestjs/common';
import { CorsPolicy, DisableCors } from '../../lib/index.js';
import { ENVIRONMENTS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example';

type Method = (this: unknown, ...args: unknown[]) => unknown;

const around = (method: Method): Method =>
  function wrapper(...args) {
    return method.apply(this, args);
  };

function copyMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
  }
}

/** What replaces a method, and leaves behind what its author thought of. */
const Cached =
  (copies: boolean): MethodDecorator =>
  (_target, _key, descriptor) => {
    const method = descriptor.value as Method;
    const wrapped = around(method);
    if (copies) {
      copyMetadata(method, wrapped);
    }
    descriptor.value = wrapped as never;
  };

/** Like the former, but with a descriptor of its own. */
const Replaced: MethodDecorator = (_target, _key, { value, ...rest }) =>
  ({ ...rest, value: around(value as Method) }) as never;

/** Wraps each method of the class, in place or in a subclass, as tracing libraries do. */
function Traced(inSubclass: boolean): ClassDecorator {
  return ((target: new () => object) => {
    const traced = inSubclass ? { [target.name]: class extends target {} }[target.name]! : target;
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(target.prototype as object))) {
      if (name !== 'constructor') {
        const wrapped = around(value as Method);
        copyMetadata(value as object, wrapped);
        Object.defineProperty(traced.prototype, name, { value: wrapped, configurable: true, writable: true });
      }
    }
    return traced;
  }) as ClassDecorator;
}

const Proxied: ClassDecorator = (target) => new Proxy(target, {});

/** A function in the place of the class, with its prototype: what class decorators did before there were classes. */
const Refunctioned = ((target: new () => object) => {
  const replacement = function (this: object) {
    return Reflect.construct(target, [], new.target);
  };
  replacement.prototype = target.prototype as object;
  return replacement;
}) as unknown as ClassDecorator;

@Controller('methods')
class WrappedController {
  @Get('above') @Cached(false) @DisableCors() above() {}
  @Get('below') @DisableCors() @Cached(false) below() {}
  @Get('above-copying') @Cached(true) @DisableCors() aboveCopying() {}
  @Get('twice') @Cached(true) @Cached(false) @DisableCors() twice() {}
  @Get('descriptor') @Replaced @DisableCors() descriptor() {}
  @Get('composed') @Replaced @applyDecorators(DisableCors(), Cached(false)) composed() {}
  @Get('overridden-policy') @Cached(false) @CorsPolicy({ origin: PARTNER }) overriddenPolicy() {}
  @Get('plain') plain() {}
}

class WrappedBase {
  @Get('inherited') @Cached(false) @DisableCors() inherited() {}
  @Get('overridden') @Cached(false) @DisableCors() overridden() {}
  @Get('copied') @DisableCors() copied() {}
}

@Controller('first')
@CorsPolicy({ origin: PARTNER })
class FirstHeir extends WrappedBase {
  @Get('overridden') override overridden() {}
}
const original = WrappedBase.prototype.copied;
const copy = around(original);
copyMetadata(original, copy);
Object.defineProperty(FirstHeir.prototype, 'copied', { value: copy, configurable: true, writable: true });

@Controller('second')
class SecondHeir extends WrappedBase {}

function Mixin(Base: new () => object) {
  class Mixed extends Base {
    @Get('mixed') @Cached(false) @DisableCors() mixed() {}
  }
  return Mixed;
}

@Controller('mixin')
class MixinController extends Mixin(class {}) {}

@Controller('traced')
@Traced(false)
class TracedController {
  @Get('closed') @Cached(false) @DisableCors() closed() {}
}

@Traced(true)
@Controller('subclassed')
class SubclassedController {
  @Get('closed') @DisableCors() closed() {}
  @Get('cached') @Cached(false) @DisableCors() cached() {}
  @Get('open') open() {}
}

@Controller('proxied')
@Proxied
@DisableCors()
class ProxiedController {
  @Get('closed') closed() {}
}

@Controller('refunctioned')
@Refunctioned
@DisableCors()
class RefunctionedController {
  @Get('closed') closed() {}
  @Get('partner') @Cached(false) @CorsPolicy({ origin: PARTNER }) partner() {}
}

/** Its constructor wraps what Nest then dispatches to, and the guard has to know the policy of that. */
@Controller('bound')
class BoundController {
  constructor() {
    this.closed = around(this.closed) as never;
  }
  @Post('closed') @Cached(false) @CorsPolicy({ origin: false, rejectDisallowed: true }) closed() {}
  @Post('open') open() {}
}

const controllers = [
  WrappedController,
  FirstHeir,
  SecondHeir,
  MixinController,
  TracedController,
  SubclassedController,
  ProxiedController,
  RefunctionedController,
  BoundController,
];

describe.each(ENVIRONMENTS)('CORS decorators on wrapped handlers, on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, bootstrap, {
      controllers,
      cors: { origin: APP, logging: 'off' },
    });
  });

  afterAll(() => application.close());

  const granted = async (origin: string, path: string) => {
    const response = await application.from(origin, path);
    expect([path, response.status]).toEqual([path, 200]);
    return corsHeaders(response)['access-control-allow-origin'] === origin;
  };

  it.each([
    '/methods/above',
    '/methods/below',
    '/methods/above-copying',
    '/methods/twice',
    '/methods/descriptor',
    '/methods/composed',
    '/first/inherited',
    '/first/copied',
    '/second/inherited',
    '/second/overridden',
    '/second/copied',
    '/mixin/mixed',
    '/traced/closed',
    '/subclassed/closed',
    '/subclassed/cached',
    '/proxied/closed',
    '/refunctioned/closed',
  ])('%s: stays closed', async (path) => {
    expect([await granted(APP, path), await granted(PARTNER, path)]).toEqual([false, false]);
    expect((await application.preflight(APP, 'GET', path)).status).toBe(403);
  });

  it.each([
    ['/methods/plain', APP],
    ['/methods/overridden-policy', PARTNER],
    ['/first/overridden', PARTNER],
    ['/subclassed/open', APP],
    ['/refunctioned/partner', PARTNER],
  ])('%s: has the policy that is written for it', async (path, allowed) => {
    expect([await granted(APP, path), await granted(PARTNER, path)]).toEqual([allowed === APP, allowed === PARTNER]);
  });

  it('handler wrapped in the constructor: the guard knows its policy', async () => {
    expect((await application.from(APP, '/bound/closed', { method: 'POST' })).status).toBe(403);
    expect((await application.from(APP, '/bound/open', { method: 'POST' })).status).toBe(201);
  });
});
