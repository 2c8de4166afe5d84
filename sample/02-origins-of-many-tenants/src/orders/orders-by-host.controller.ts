import { Body, Controller, Get, HostParam, Param, ParseIntPipe, Put, UseInterceptors } from '@nestjs/common';
import { CorsPolicy } from 'nestjs-cors';
import { OrdersService } from './orders.service.js';
import { ReplacedOrderDto } from './replaced-order.dto.js';
import { VisitorInterceptor } from './visitor.interceptor.js';

/** `http://acme.localhost:4000/orders`: the tenant is in the host. */
@Controller({ host: ':tenant.localhost', path: 'orders' })
@CorsPolicy('tenants')
@UseInterceptors(VisitorInterceptor)
export class OrdersByHostController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  list(@HostParam('tenant') tenant: string) {
    return this.orders.list(tenant);
  }

  @Put(':id')
  replace(
    @HostParam('tenant') tenant: string,
    @Param('id', ParseIntPipe) id: number,
    @Body() { quantity }: ReplacedOrderDto,
  ) {
    return this.orders.replace(tenant, id, quantity);
  }
}
