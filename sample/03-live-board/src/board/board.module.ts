import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import type { IncomingMessage } from 'node:http';
import { tenantOfRequest } from '../tenant-of-request.js';
import { BoardController } from './board.controller.js';
import { BoardGateway } from './board.gateway.js';
import { type BoardContext, BoardResolver } from './board.resolver.js';
import { BoardService } from './board.service.js';

/** What Apollo makes the context of: a request, or the handshake of a subscription. */
type Arrival = { req: IncomingMessage; extra?: undefined } | { extra: { request: IncomingMessage }; req?: undefined };

@Module({
  imports: [
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      playground: false,
      subscriptions: { 'graphql-ws': true },
      context: ({ req, extra }: Arrival): BoardContext => ({ tenant: tenantOfRequest(req ?? extra.request) ?? '' }),
    }),
  ],
  controllers: [BoardController],
  providers: [BoardService, BoardGateway, BoardResolver],
  exports: [BoardService, BoardGateway],
})
export class BoardModule {}
