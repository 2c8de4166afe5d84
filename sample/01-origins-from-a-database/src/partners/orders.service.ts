import { Injectable, NotFoundException } from '@nestjs/common';

export interface Order {
  id: number;
  quantity: number;
}

@Injectable()
export class OrdersService {
  private readonly orders = new Map<number, Order>([[7, { id: 7, quantity: 1 }]]);

  find(id: number): Order {
    const order = this.orders.get(id);
    if (order === undefined) {
      throw new NotFoundException(`There is no order ${id}`);
    }
    return order;
  }

  replace(id: number, quantity: number): Order {
    const order = { ...this.find(id), quantity };
    this.orders.set(id, order);
    return order;
  }
}
