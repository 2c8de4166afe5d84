import { Module } from '@nestjs/common';
import { TenantsModule } from '../tenants/tenants.module.js';
import { OrdersByHostController } from './orders-by-host.controller.js';
import { OrdersByPathController } from './orders-by-path.controller.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [TenantsModule],
  controllers: [OrdersByHostController, OrdersByPathController],
  providers: [OrdersService],
})
export class OrdersModule {}
