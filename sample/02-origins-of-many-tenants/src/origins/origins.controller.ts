import { Body, Controller, Delete, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { CorsInspector, CorsPolicy } from 'nestjs-cors';
import { SessionGuard } from '../sessions/session.guard.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { NewOriginDto } from './new-origin.dto.js';
import { OriginsService, type TenantOrigin } from './origins.service.js';

/** What a tenant's administrator does to the tenant's own origins. Which tenant that is, the guard compares with the session. */
@Controller('t/:tenant/admin/origins')
@CorsPolicy('admin')
@UseGuards(SessionGuard)
export class OriginsController {
  constructor(
    private readonly origins: OriginsService,
    private readonly tenants: TenantsService,
    private readonly inspector: CorsInspector,
  ) {}

  @Get()
  async list(@Param('tenant') tenant: string): Promise<{ limit: number; origins: TenantOrigin[] }> {
    const { maxOrigins } = await this.tenants.find(tenant);
    return { limit: maxOrigins, origins: await this.origins.list(tenant) };
  }

  @Post()
  add(@Param('tenant') tenant: string, @Body() { origin }: NewOriginDto): Promise<TenantOrigin> {
    return this.origins.add(tenant, origin);
  }

  @Post(':id/verification')
  @HttpCode(200)
  verify(@Param('tenant') tenant: string, @Param('id') id: string): Promise<TenantOrigin> {
    return this.origins.verify(tenant, id);
  }

  /** What this instance would answer to a page of that origin, and why. */
  @Get(':id/explanation')
  async explain(
    @Param('tenant') tenant: string,
    @Param('id') id: string,
  ): Promise<{ readable: boolean; conclusion: string }> {
    const { origin } = await this.origins.find(tenant, id);
    const { readable, conclusion } = await this.inspector.explain({
      method: 'PUT',
      path: `/t/${tenant}/orders/7`,
      origin,
      headers: { 'content-type': 'application/json' },
      credentials: true,
    });
    return { readable, conclusion };
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('tenant') tenant: string, @Param('id') id: string): Promise<void> {
    return this.origins.remove(tenant, id);
  }
}
