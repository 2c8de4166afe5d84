import type { OnModuleInit } from '@nestjs/common';
import { type OnGatewayConnection, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { CorsPolicy } from 'nestjs-cors';
import type { Server, Socket } from 'socket.io';
import { tenants } from '../../../shared/tenants/web-origins.js';
import { tenantOfRequest } from '../tenant-of-request.js';
import { BoardService } from './board.service.js';

/**
 * The board by socket.io, with polling and WebSockets. GraphQL upgrades requests on this port as well, and `destroyUpgrade` would
 * have socket.io end them.
 */
@WebSocketGateway({ destroyUpgrade: false })
@CorsPolicy('boards')
export class BoardGateway implements OnModuleInit, OnGatewayConnection<Socket> {
  @WebSocketServer()
  private readonly server!: Server;

  constructor(private readonly board: BoardService) {}

  onModuleInit(): void {
    for (const tenant of tenants) {
      this.board.orders.on(tenant, (order) => this.server.to(tenant).emit('order', order));
    }
  }

  async handleConnection(socket: Socket): Promise<void> {
    await socket.join(tenantOfRequest(socket.request) ?? []);
  }

  /** How many sockets show the board of a tenant. */
  socketsOf(tenant: string): number {
    return this.server.of('/').adapter.rooms.get(tenant)?.size ?? 0;
  }
}
