import { ExpressAdapter as BoardAdapter } from '@bull-board/express';
import { BullBoardModule } from '@bull-board/nestjs';
import { Controller, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { CorsModule } from '../../lib/index.js';
import { answer } from './application-answers.js';

const origin = process.argv.slice(2);

@Controller('orders')
class OrdersController {
  @Get()
  list() {
    return ['anvil'];
  }
}

class AppModule {}

const app = await NestFactory.create(
  {
    module: AppModule,
    imports: [
      CorsModule.forRoot({
        origin,
        credentials: true,
        logging: 'off',
        paths: [{ path: '/queues', policy: { exposedHeaders: 'all' } }],
      }),
      BullBoardModule.forRoot({ route: '/queues', adapter: BoardAdapter }),
    ],
    controllers: [OrdersController],
  },
  new ExpressAdapter(),
  { logger: ['error'] },
);
await app.listen(0, '127.0.0.1');
answer({ port: () => (app.getHttpServer().address() as { port: number }).port });
