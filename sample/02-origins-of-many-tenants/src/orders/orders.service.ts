import { Injectable, NotFoundException } from '@nestjs/common';
import { Database } from '../../../shared/database/database.js';
import { TenantsService } from '../tenants/tenants.service.js';

export interface Order {
  id: number;
  quantity: number;
}

@Injectable()
export class OrdersService {
  constructor(
    private readonly database: Database,
    private readonly tenants: TenantsService,
  ) {}

  /** @throws NotFoundException when there is no such tenant */
  async list(name: string): Promise<{ tenant: string; orders: Order[] }> {
    const tenant = await this.tenants.find(name);
    const orders = await this.database.query<Order>('select id, quantity from orders where tenant = $1 order by id', [
      tenant.name,
    ]);
    return { tenant: tenant.name, orders };
  }

  /** @throws NotFoundException when there is no such tenant or order */
  async replace(name: string, id: number, quantity: number): Promise<{ tenant: string; orders: Order[] }> {
    const tenant = await this.tenants.find(name);
    const orders = await this.database.query<Order>(
      'update orders set quantity = $3 where tenant = $1 and id::text = $2 returning id, quantity',
      [tenant.name, String(id), quantity],
    );
    if (orders.length === 0) {
      throw new NotFoundException(`There is no order ${id}.`);
    }
    return { tenant: tenant.name, orders };
  }
}
