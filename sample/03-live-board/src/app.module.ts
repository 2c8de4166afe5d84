import { type DynamicModule, Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { CorsDevtoolsModule } from 'nestjs-cors/devtools';
import { Database } from '../../shared/database/database.js';
import { tenantOfHost } from '../../shared/tenants/tenant-of-host.js';
import { TenantOrigins } from '../../shared/tenants/tenant-origins.js';
import { BoardModule } from './board/board.module.js';
import { AccessService } from './console/access.service.js';
import { ConsoleController } from './console/console.controller.js';
import { Instance } from './instance.js';

@Module({})
export class AppModule {
  static of(instance: Instance, database: Database): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CorsModule.forRoot({
          // No fields of a default policy: what has no policy of its own is for no other origin.
          policies: {
            // Who shows a board: rows decide. Both `@CorsPolicy('boards')` and the path below name this policy.
            boards: {
              originLookup: TenantOrigins,
              tenant: ({ host }) => tenantOfHost(host),
              // Handshakes are refused with a 403 in any case, and event streams and queries with this.
              rejectDisallowed: true,
            },
            // Written down here and not in a table, so that no row can lock the operator out.
            console: { origin: [instance.web.console], rejectDisallowed: true, maxAge: 600 },
          },
          paths: [{ path: '/graphql', policy: 'boards' }],
          // Sockets of an origin that has lost its access are closed by default, event streams are with this.
          eventStreams: { closeRevoked: true },
        }),
        // Refuses to start with NODE_ENV=production, and answers this machine only.
        CorsDevtoolsModule.forRoot(),
        BoardModule,
      ],
      controllers: [ConsoleController],
      providers: [
        { provide: Instance, useValue: instance },
        { provide: Database, useValue: database },
        TenantOrigins,
        AccessService,
      ],
    };
  }
}
