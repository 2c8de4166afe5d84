import { Controller, Get, type Provider, type Type } from '@nestjs/common';
import { CorsOriginCache, CorsPolicy, type OriginList, type OriginLookup } from 'nestjs-cors';
import { startApplication } from '../support/application.js';

@Controller()
class OrdersController {
  @Get('tenants/:tenant/orders')
  @CorsPolicy('partners')
  ofTenant() {
    return [];
  }

  @Get('orders')
  @CorsPolicy('everyone')
  ofNobody() {
    return [];
  }
}

/** An application whose allowed origins come from one recipe. */
export interface RecipeApplication {
  readonly cache: CorsOriginCache;
  readonly isList: boolean;
  /** What was logged as an error. */
  readonly errors: readonly string[];
  /** Whether a page of the origin may read the orders, of a tenant or of nobody. */
  allows(origin: string, tenant?: string): Promise<boolean>;
  close(): Promise<void>;
}

export async function startRecipe(
  recipe: Type<OriginList | OriginLookup>,
  providers: Provider[],
): Promise<RecipeApplication> {
  const application = await startApplication('express', 'NestFactory', {
    controllers: [OrdersController],
    providers: [recipe, ...providers],
    cors: {
      logging: 'off',
      policies: {
        partners: { originLookup: recipe, tenant: ({ params }) => params['tenant'] },
        everyone: { originLookup: recipe },
      },
    },
  });
  return {
    cache: application.app.get(CorsOriginCache),
    isList: 'loadOrigins' in application.app.get<object>(recipe),
    errors: application.logger.errors,
    allows: async (origin, tenant) => {
      const path = tenant === undefined ? '/orders' : `/tenants/${tenant}/orders`;
      const { headers } = await application.from(origin, path);
      return headers['access-control-allow-origin'] === origin;
    },
    close: () => application.close(),
  };
}
