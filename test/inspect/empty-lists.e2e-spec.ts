import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { type CorsModuleOptions, CorsPolicy, DisableCors, readOrigins } from '../../lib/index.js';
import { type RunningApplication, startApplication } from '../support/application.js';

const PAGE = 'https://page.example';

@Controller('orders')
class OrdersController {
  @Get()
  list(): string[] {
    return [];
  }
}

/** Controllers whose policies have an empty list. */
const withPolicies = (count: number): (new () => object)[] =>
  Array.from({ length: count }, (_, index) => {
    const named = { [`C${index}`]: class {} }[`C${index}`] as new () => object;
    Object.defineProperty(named.prototype, 'list', { value: () => [], configurable: true });
    Get()(named.prototype as object, 'list', Object.getOwnPropertyDescriptor(named.prototype, 'list')!);
    CorsPolicy({ origin: [] })(named);
    Controller(`c${index}`)(named);
    return named;
  });

describe('empty origin list', () => {
  let application: RunningApplication | undefined;

  afterEach(async () => {
    await application?.close();
    application = undefined;
  });

  async function started(cors: CorsModuleOptions, controllers = [OrdersController as new () => object]) {
    application = await startApplication('express', 'NestFactory', { cors, controllers });
    return application;
  }

  const lists = ({ logger }: RunningApplication): string[] =>
    logger.warnings.filter((line) => line.startsWith('An empty list of origins'));

  it.each<[title: string, cors: CorsModuleOptions]>([
    ['an unset variable', { origin: readOrigins(undefined, 'ORIGINS') }],
    ['an empty variable', { origin: readOrigins('', 'ORIGINS') }],
    ['an empty list', { origin: [] }],
  ])('%s: warns once at boot, and the refusal says what to look at', async (_title, cors) => {
    const running = await started(cors);
    expect(lists(running)).toEqual([
      'An empty list of origins gives no other origin access: origin. Is the variable that it is read from set, and loaded ' +
        'before the options are read? If you mean it, write `origin: false`.',
    ]);
    await running.from(PAGE, '/orders');
    expect(running.logger.warnings.at(-1)).toBe(
      `Refused GET /orders (OrdersController.list) from ${PAGE} by module defaults: origin-list-empty. The list of \`origin\` is ` +
        'empty. Set the variable that it is read from, and load it before the options are read, or write the origin.',
    );
  });

  it.each<[title: string, cors: CorsModuleOptions]>([
    ['no option', {}],
    ['origin: false', { origin: false }],
    ['a variable that says false', { origin: readOrigins('false', 'ORIGINS') }],
    ['a list', { origin: [PAGE] }],
    ['an empty list beside a lookup', { origin: [], originLookup: { isOriginAllowed: () => true } }],
    ['an empty list in a shadow', { origin: [PAGE], shadow: { origin: [] } }],
  ])('%s: no warning', async (_title, cors) => {
    expect(lists(await started(cors))).toEqual([]);
  });

  it('@DisableCors() below an empty list: names the list alone, and its refusals have their own reason', async () => {
    @DisableCors()
    @Controller('closed')
    class ClosedController extends OrdersController {}

    const policies = { partners: { origin: [] } };
    const running = await started({ origin: [PAGE], policies }, [ClosedController]);
    expect(lists(running)).toEqual([expect.stringContaining('access: policies.partners.origin. Is')]);
    await running.from(PAGE, '/closed');
    expect(running.logger.warnings.at(-1)).toMatch(/ by ClosedController\S*: cors-disabled\. Set `origin`/);
  });

  it('many of them: names five', async () => {
    const [warning] = lists(await started({ origin: false }, withPolicies(7)));
    expect(warning).toMatch(/access: C0: origin, (?:C\d: origin, ){3}C4: origin and 2 more\. Is/);
  });
});
