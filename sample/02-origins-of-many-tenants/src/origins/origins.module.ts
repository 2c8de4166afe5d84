import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { OriginsController } from './origins.controller.js';
import { OriginsService } from './origins.service.js';
import { OwnershipProof } from './ownership-proof.js';
import { TenantOrigins } from '../../../shared/tenants/tenant-origins.js';

@Module({
  imports: [SessionsModule, TenantsModule],
  controllers: [OriginsController],
  providers: [OriginsService, OwnershipProof, TenantOrigins],
})
export class OriginsModule {}
