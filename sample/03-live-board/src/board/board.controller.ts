import { Controller, HostParam, Sse } from '@nestjs/common';
import { CorsPolicy } from 'nestjs-cors';
import { fromEvent, map, type Observable } from 'rxjs';
import { BoardService } from './board.service.js';
import type { Order } from './order.js';

/** The board as an event stream. */
@Controller({ host: ':tenant.localhost' })
@CorsPolicy('boards')
export class BoardController {
  constructor(private readonly board: BoardService) {}

  @Sse('orders')
  orders(@HostParam('tenant') tenant: string): Observable<{ data: Order }> {
    return fromEvent(this.board.orders, tenant).pipe(map((order) => ({ data: order as Order })));
  }
}
