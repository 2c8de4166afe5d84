import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable } from '@nestjs/common';
import { CorsConfigurationError, CorsPolicy, DisableCors } from '../../lib/index.js';
import { PLATFORMS, createApplication } from '../support/application.js';

/** Makes a getter of a method, which binds it when it is first read. */
const Lazy: MethodDecorator = (_target, _key, { value }) => ({ configurable: true, get: () => value }) as never;
const parameter = (decorator: unknown) => decorator as ParameterDecorator;
const property = (decorator: unknown) => decorator as PropertyDecorator;
const NAMED_BY_SYMBOL = Symbol('list');

class BaseController {
  @property(CorsPolicy({ origin: '*' }))
  inherited?: string;
}

@Controller('orders')
class OrdersController extends BaseController {
  constructor(@parameter(DisableCors()) _dependency: string) {
    super();
  }

  @property(DisableCors())
  list = () => [];

  @CorsPolicy('partners')
  get accessor() {
    return 1;
  }

  @Lazy
  @DisableCors()
  lazy() {}

  @DisableCors()
  static create() {}

  @property(DisableCors())
  static settings = {};

  @Get()
  find(@parameter(CorsPolicy({ maxAge: 1 })) _id: unknown) {}

  @Get('symbol')
  @DisableCors()
  [NAMED_BY_SYMBOL]() {}

  @Get('fine')
  @CorsPolicy({ maxAge: 2 })
  fine() {}
}

@Injectable()
class OrdersService {
  @property(DisableCors())
  cache: unknown;

  /** Unrouted: what the audit finds. */
  @DisableCors()
  resolve() {}
}

describe.each(PLATFORMS)('CORS decorators in a place without requests, on %s', (platform) => {
  it('boot: one error with a problem for each, its place and what to do', async () => {
    const app = await createApplication(platform, 'NestFactory', {
      controllers: [OrdersController],
      providers: [OrdersService, { provide: String, useValue: 'dependency' }, { provide: 'made', useFactory: () => 1 }],
      cors: {},
    });
    const error = await app.init().catch((thrown: unknown) => thrown);
    await app.close();
    expect(error).toBeInstanceOf(CorsConfigurationError);
    const { problems } = error as CorsConfigurationError;
    expect(problems.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      'misplaced-decorator BaseController.inherited',
      'misplaced-decorator OrdersController',
      'misplaced-decorator OrdersController.accessor',
      'misplaced-decorator OrdersController.create',
      'misplaced-decorator OrdersController.find',
      'misplaced-decorator OrdersController.lazy',
      'misplaced-decorator OrdersController.list',
      'misplaced-decorator OrdersController.settings',
      'misplaced-decorator OrdersController[Symbol(list)]',
      'misplaced-decorator OrdersService.cache',
    ]);
    const places = new Map(problems.map(({ path, message, value }) => [path, [message.replace(/^.*got /, ''), value]]));
    expect(Object.fromEntries(places)).toMatchObject({
      OrdersController: ['a parameter.', '@DisableCors()'],
      'OrdersController.accessor': ['an accessor.', 'partners'],
      'OrdersController.lazy': ['an accessor.', '@DisableCors()'],
      'OrdersController.create': ['a static member.', '@DisableCors()'],
      'OrdersController.find': ['a parameter.', { maxAge: 1 }],
      'OrdersController.list': ['a property.', '@DisableCors()'],
      'OrdersController[Symbol(list)]': ['a method named by a symbol.', '@DisableCors()'],
    });
    for (const { message, hint } of problems) {
      expect(message).toMatch(
        /^`.+` must be a controller or a handler method, where @CorsPolicy\(\) or @DisableCors\(\) stands; got /,
      );
      expect(hint).toMatch(/^(Move|Write|Give) .+\.$/);
    }
  });
});
