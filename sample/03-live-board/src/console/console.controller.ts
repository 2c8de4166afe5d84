import { Controller, Delete, Get, HttpCode, NotFoundException, Param, Put } from '@nestjs/common';
import { CorsPolicy } from 'nestjs-cors';
import type { Shop } from '../../../shared/tenants/web-origins.js';
import { BoardGateway } from '../board/board.gateway.js';
import { BoardService } from '../board/board.service.js';
import { Instance } from '../instance.js';
import { AccessService } from './access.service.js';

/** What the console shows of a tenant. */
interface TenantState extends Shop {
  /** Whether the page of the tenant may show its board. */
  readonly isAllowed: boolean;
  /** Open connections to this instance that show the board of the tenant. */
  readonly open: number;
}

/** The operator's console. It has no login, which is why the sample listens on this machine only. */
@Controller('console/tenants')
@CorsPolicy('console')
export class ConsoleController {
  constructor(
    private readonly instance: Instance,
    private readonly access: AccessService,
    private readonly board: BoardService,
    private readonly gateway: BoardGateway,
  ) {}

  @Get()
  list(): Promise<TenantState[]> {
    return Promise.all(
      this.instance.web.shops.map(async ({ tenant, origin }) => ({
        tenant,
        origin,
        isAllowed: (await this.access.originsOf(tenant)).includes(origin),
        open: this.openConnectionsOf(tenant),
      })),
    );
  }

  @Put(':tenant/access')
  @HttpCode(204)
  add(@Param('tenant') tenant: string): Promise<void> {
    return this.access.add(tenant, this.originOf(tenant));
  }

  @Delete(':tenant/access')
  @HttpCode(204)
  remove(@Param('tenant') tenant: string): Promise<void> {
    return this.access.remove(tenant, this.originOf(tenant));
  }

  private openConnectionsOf(tenant: string): number {
    // One listener is the gateway's own, for all of its sockets.
    return this.board.orders.listenerCount(tenant) - 1 + this.gateway.socketsOf(tenant);
  }

  private originOf(tenant: string): string {
    const shop = this.instance.web.shops.find((one) => one.tenant === tenant);
    if (shop === undefined) {
      throw new NotFoundException('There is no such tenant.');
    }
    return shop.origin;
  }
}
