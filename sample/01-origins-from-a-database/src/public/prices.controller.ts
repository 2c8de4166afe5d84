import { Controller, Get } from '@nestjs/common';
import { CorsPolicy } from 'nestjs-cors';

@Controller('public/prices')
@CorsPolicy('public')
export class PricesController {
  @Get()
  prices(): Record<string, number> {
    return { anvil: 90, bell: 12, candle: 2 };
  }
}
