import { type DynamicModule, Module, ValidationPipe } from '@nestjs/common';
import { APP_PIPE } from '@nestjs/core';
import { CorsModule } from 'nestjs-cors';
import { CorsDevtoolsModule } from 'nestjs-cors/devtools';
import type { Database } from '../../shared/database/database.js';
import type { Instance } from './instances/instance.js';
import { InstanceModule } from './instances/instance.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { OriginsModule } from './origins/origins.module.js';
import { TenantOrigins } from '../../shared/tenants/tenant-origins.js';
import { invalidRequest } from './problem.exception.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { tenantOfHost } from '../../shared/tenants/tenant-of-host.js';

@Module({
  providers: [{ provide: APP_PIPE, useFactory: () => new ValidationPipe({ exceptionFactory: invalidRequest }) }],
})
export class AppModule {
  static of(instance: Instance, database: Database): DynamicModule {
    return {
      module: AppModule,
      imports: [
        InstanceModule.of(instance, database),
        CorsModule.forRoot({
          // No fields of a default policy: what has no policy of its own is for no other origin.
          policies: {
            tenants: {
              // The operator's own pages. Written down here and not in a table, so that no tenant can remove them.
              origin: [instance.web.console],
              originLookup: TenantOrigins,
              tenant: ({ host }) => tenantOfHost(host),
              credentials: true,
              // Short, so that a browser does not send PUTs for long on a grant that was taken back.
              maxAge: 5,
            },
            'tenants-by-path': { extends: 'tenants', tenant: ({ params }) => params['tenant'] },
            // Other pages must not even send what the session's cookie would go along with: this is its protection from
            // forged requests.
            admin: { origin: [instance.web.console], credentials: true, rejectDisallowed: true, maxAge: 600 },
          },
        }),
        // Refuses to start with NODE_ENV=production, and answers this machine only.
        CorsDevtoolsModule.forRoot(),
        OrdersModule,
        OriginsModule,
        SessionsModule,
      ],
    };
  }
}
