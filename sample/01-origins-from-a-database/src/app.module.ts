import { Module } from '@nestjs/common';
import { CorsModule } from 'nestjs-cors';
import { CorsDevtoolsModule } from 'nestjs-cors/devtools';
import { MetricsController } from './internal/metrics.controller.js';
import { OriginsModule } from './origins/origins.module.js';
import { PartnerOrigins } from './origins/partner-origins.js';
import { PagesModule } from './pages/pages.module.js';
import { WebPages } from '../../shared/pages/web-pages.js';
import { PartnersModule } from './partners/partners.module.js';
import { PricesController } from './public/prices.controller.js';
import { SettingsModule } from './settings.module.js';

@Module({
  imports: [
    SettingsModule,
    CorsModule.forRootAsync({
      imports: [PagesModule],
      inject: [WebPages],
      useFactory: (pages: WebPages) => ({
        // Every request asks, so that a row counts from one request to the next, whoever wrote it. Sample 02 shows the cache.
        cache: false,
        // The default: whatever has no policy of its own, such as the 404 of a path that no route has.
        originLookup: PartnerOrigins,
        policies: {
          // A short maxAge, so that a browser does not send PUTs for long on a grant that was taken back.
          partners: { originLookup: PartnerOrigins, credentials: true, maxAge: 5 },
          public: { origin: '*' },
          // Written down here and not in the database, so that no row can lock the operator out.
          admin: { origin: pages.origins },
        },
      }),
    }),
    // Refuses to start with NODE_ENV=production, and answers this machine only.
    CorsDevtoolsModule.forRoot(),
    OriginsModule,
    PartnersModule,
  ],
  controllers: [PricesController, MetricsController],
})
export class AppModule {}
