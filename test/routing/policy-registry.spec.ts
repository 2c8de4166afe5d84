import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { CorsPolicy } from '../../lib/index.js';
import type { CompiledPolicy } from '../../lib/policy/compiled-policy.js';
import type { Controller as ControllerClass } from '../../lib/routing/nest-controllers.js';
import { CorsPolicyRegistry } from '../../lib/routing/policy-registry.js';
import { type RunningApplication, startApplication } from '../support/application.js';

@Controller('orders')
class OrdersController {
  @Get()
  list() {
    return [];
  }
}

@CorsPolicy({ maxAge: 7 })
class Unregistered {
  list() {
    return [];
  }
}

function asController(type: unknown): ControllerClass {
  return type as ControllerClass;
}

describe('policy registry of a running application', () => {
  let application: RunningApplication;
  let registry: CorsPolicyRegistry;

  beforeAll(async () => {
    application = await startApplication('express', 'NestFactory', { controllers: [OrdersController] });
    registry = application.app.get(CorsPolicyRegistry, { strict: false });
  });

  afterAll(() => application.close());

  it('handler, also one that is bound: has its policy, and another function has none', () => {
    const { list } = OrdersController.prototype;
    const policy = registry.policyOfHandler(OrdersController, list);
    expect(policy).toBeDefined();
    expect(registry.policyOfHandler(OrdersController, list.bind({}))).toBe(policy);
    expect(registry.policyOfHandler(OrdersController, () => [])).toBeUndefined();
  });

  it('method that Nest did not list: has the policy of its decorators', () => {
    expect(registry.policyOf(asController(Unregistered), 'list').maxAge).toBe('7');
    expect(registry.policyOf(asController(OrdersController), 'list')).toBe(
      registry.policyOfHandler(OrdersController, OrdersController.prototype.list),
    );
  });

  it('policy that the library itself makes: has its label', () => {
    expect(registry.effectiveOf({ label: 'an ambiguous path' } as CompiledPolicy).label).toBe('an ambiguous path');
  });
});
