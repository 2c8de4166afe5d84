import { Controller, Get, UnauthorizedException } from '@nestjs/common';
import { Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { CorsPolicy } from '../../lib/index.js';

/** The graph of both drivers. */
@Resolver()
export class AnvilResolver {
  /** What was ordered since the test began. */
  static ordered = 0;

  @Query(() => Int)
  price(): number {
    return 90;
  }

  @Query(() => Int, { nullable: true })
  secret(): number {
    throw new UnauthorizedException('Who are you?');
  }

  @Mutation(() => Int)
  order(): number {
    return ++AnvilResolver.ordered;
  }

  @Subscription(() => Int)
  async *prices() {
    yield { prices: 90 };
  }
}

/** Has the guard and the interceptor of the library installed, for every route and every resolver. */
@Controller('orders')
@CorsPolicy({ rejectDisallowed: true, exposedHeaders: 'all' })
export class OrdersController {
  @Get()
  list(): string[] {
    return ['anvil'];
  }
}
