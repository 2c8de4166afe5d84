import { Controller, Delete, Get, Injectable, Module } from '@nestjs/common';
import { CorsModule, CorsPolicy, DisableCors, type OriginLookup } from 'nestjs-cors';

@Injectable()
export class PartnerOrigins implements OriginLookup {
  isOriginAllowed(origin: string): boolean {
    return origin === 'https://partner.example';
  }
}

@Controller('orders')
@CorsPolicy('partners')
export class OrdersController {
  @Get()
  list(): string[] {
    return ['first'];
  }

  @Delete()
  @DisableCors()
  remove(): void {}
}

@Module({
  imports: [
    CorsModule.forRoot({
      origin: 'https://app.example',
      policies: { partners: { originLookup: PartnerOrigins, credentials: true } },
    }),
  ],
  controllers: [OrdersController],
  providers: [PartnerOrigins],
})
export class AppModule {}
