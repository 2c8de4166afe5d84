import { Controller, Get } from '@nestjs/common';
import { DisableCors } from 'nestjs-cors';

@Controller('internal/metrics')
@DisableCors()
export class MetricsController {
  @Get()
  metrics(): { uptime: number } {
    return { uptime: Math.round(process.uptime()) };
  }
}
