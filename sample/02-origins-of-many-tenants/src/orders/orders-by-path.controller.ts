import { Body, Controller, Get, Param, ParseIntPipe, Put, UseInterceptors } from '@nestjs/common';
import { CorsPolicy } from 'nestjs-cors';
import { OrdersService } from './orders.service.js';
import { ReplacedOrderDto } from './replaced-order.dto.js';
import { VisitorInterceptor } from './visitor.interceptor.js';

/** `http://localhost:4000/t/acme/orders`: the tenant is in the path. */
@Controller('t/:tenant/orders')
@CorsPolicy('tenants-by-path')
@UseInterceptors(VisitorInterceptor)
export class OrdersByPathController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  list(@Param('tenant') tenant: string) {
    return this.orders.list(tenant);
  }

  @Put(':id')
  replace(
    @Param('tenant') tenant: string,
    @Param('id', ParseIntPipe) id: number,
    @Body() { quantity }: ReplacedOrderDto,
  ) {
    return this.orders.replace(tenant, id, quantity);
  }
}
