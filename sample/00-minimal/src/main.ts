import 'reflect-metadata';
import { Controller, Delete, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CorsModule, CorsPolicy, DisableCors } from 'nestjs-cors';

@Controller('orders')
class OrdersController {
  /** The policy of `forRoot()`: the shop's pages read this. */
  @Get()
  list(): string[] {
    return ['first', 'second'];
  }

  /** One field of the policy changed: pages of every origin read this. */
  @Get('count')
  @CorsPolicy({ origin: '*' })
  count(): { orders: number } {
    return { orders: 2 };
  }

  /** No page of another origin may ask for this; the preflight is answered 403. */
  @Delete()
  @DisableCors()
  removeAll(): void {}
}

@Module({
  imports: [CorsModule.forRoot({ origin: 'https://shop.example' })],
  controllers: [OrdersController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] });
app.enableShutdownHooks();
await app.listen(process.env['PORT'] ?? 3000, 'localhost');
const url = `http://localhost:${new URL(await app.getUrl()).port}/orders`;

console.log(`
The pages of https://shop.example may read ${url}:
  curl -i -H 'Origin: https://shop.example' ${url}
Those of another origin may not, as the answer does not name it:
  curl -i -H 'Origin: https://other.example' ${url}
Pages of every origin may read the count, and none of them may delete:
  curl -i -H 'Origin: https://other.example' ${url}/count
  curl -i -X OPTIONS -H 'Origin: https://shop.example' -H 'Access-Control-Request-Method: DELETE' ${url}
`);
