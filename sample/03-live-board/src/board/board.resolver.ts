import { Context, Query, Resolver, Subscription } from '@nestjs/graphql';
import { on } from 'node:events';
import { BoardService } from './board.service.js';
import { Order } from './order.js';

/** What a resolver knows of the request, or of the handshake of a subscription. */
export interface BoardContext {
  readonly tenant: string;
}

/** The board by GraphQL. Its policy is the one of the path `/graphql`: one URL serves every query and every subscription. */
@Resolver(() => Order)
export class BoardResolver {
  constructor(private readonly board: BoardService) {}

  /** A schema has at least one query. */
  @Query(() => String)
  tenant(@Context() { tenant }: BoardContext): string {
    return tenant;
  }

  @Subscription(() => Order, { resolve: ([order]: [Order]) => order })
  orders(@Context() { tenant }: BoardContext): AsyncIterator<unknown> {
    return on(this.board.orders, tenant);
  }
}
