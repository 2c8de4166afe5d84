import {
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  type INestApplication,
  Injectable,
  Module,
  Param,
  Post,
  Put,
  UnauthorizedException,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CorsDevtools, CorsDevtoolsModule } from 'nestjs-cors/devtools';
import { CorsModule, CorsPolicy, DisableCors, type OriginLookup } from 'nestjs-cors';

/** The token of the options, which people enter on the page. */
export const TOKEN = 'a-token-of-the-team.0123456789_~';

@Injectable()
class PartnerOrigins implements OriginLookup {
  isOriginAllowed(origin: string): Promise<boolean> {
    return Promise.resolve(origin.startsWith('http://partner.localhost:'));
  }
}

@Controller('orders')
@CorsPolicy('partners')
class OrdersController {
  @Get()
  @Header('X-Total', '7')
  @Header('X-Secret', 's')
  @CorsPolicy({ exposedHeaders: ['X-Total'] })
  list(): string[] {
    return ['anvil'];
  }

  @Get(':id')
  one(@Param('id') id: string): never {
    throw new UnauthorizedException(`Sign in to read order ${id}`);
  }

  @Put(':id')
  @CorsPolicy({ allowedHeaders: ['content-type', 'if-match'], maxAge: 0 })
  replace(): object {
    return {};
  }

  @Delete(':id')
  @DisableCors()
  @HttpCode(204)
  remove(): void {}
}

@Controller('public/prices')
@CorsPolicy('public')
class PricesController {
  @Get()
  prices(): object {
    return { anvil: 90 };
  }

  @Post()
  quote(): object {
    return {};
  }
}

@Module({
  imports: [
    CorsModule.forRoot({
      origin: ['https://app.example.com', 'http://*.app.localhost:*'],
      exposedHeaders: 'all',
      policies: {
        public: { origin: '*' },
        partners: { originLookup: PartnerOrigins, credentials: true, maxAge: 600 },
      },
      paths: [{ path: '/graphql', policy: 'public' }],
      logging: 'off',
    }),
    CorsDevtoolsModule.forRoot({ token: TOKEN }),
  ],
  controllers: [OrdersController, PricesController],
  providers: [PartnerOrigins],
})
class AppModule {}

/** An application with the devtools on, under a global prefix. */
export async function startApp(
  platform: 'express' | 'fastify',
): Promise<{ app: INestApplication; port: number; devtoolsUrl: (hostname?: string) => string }> {
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create<INestApplication>(AppModule, adapter, { logger: ['warn', 'error'] });
  app.setGlobalPrefix('api');
  await app.listen(0, 'localhost');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  const devtoolsUrl = (hostname = 'localhost') =>
    app.get(CorsDevtools, { strict: false }).url(`http://${hostname}:${port}`);
  return { app, port, devtoolsUrl };
}
