import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { tenants } from '../../../shared/tenants/web-origins.js';
import { Order } from './order.js';

const items = ['anvil', 'bell', 'candle', 'drum', 'easel'];

/** The orders of every tenant as they come in: here, one a second that is made up. */
@Injectable()
export class BoardService implements OnApplicationBootstrap, OnModuleDestroy {
  /** Emits each order under the name of its tenant. */
  readonly orders = new EventEmitter<Record<string, [Order]>>().setMaxListeners(0);
  private timer: NodeJS.Timeout | undefined;
  private count = 0;

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.count++;
      tenants.forEach((tenant) => this.orders.emit(tenant, this.nextOrder()));
    }, 1000);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private nextOrder(): Order {
    return { number: this.count, item: items[randomInt(items.length)] ?? '', quantity: randomInt(1, 10) };
  }
}
