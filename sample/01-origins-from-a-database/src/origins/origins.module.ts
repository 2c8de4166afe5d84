import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { OriginsController } from './origins.controller.js';
import { OriginsService } from './origins.service.js';
import { PartnerOrigins } from './partner-origins.js';

@Module({
  imports: [DatabaseModule, PagesModule],
  controllers: [OriginsController],
  providers: [OriginsService, PartnerOrigins],
  exports: [OriginsService],
})
export class OriginsModule {}
