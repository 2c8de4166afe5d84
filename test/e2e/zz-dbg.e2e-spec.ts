import { it } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { CorsModule, CorsPolicy } from '../../lib/index.js';
import { startApplication } from '../support/application.js';
@Controller('orders')
@CorsPolicy('partners')
class C {
  @Get() o() {
    return 'x';
  }
}
it('dbg', async () => {
  for (const exposed of ['x-default', 'x-module', 'X-Default']) {
    const a = await startApplication('express', 'NestFactory', {
      controllers: [C],
      imports: [CorsModule.forFeature({ policies: { partners: { origin: ['https://a.example'] } } })],
      cors: { origin: ['https://b.example'], exposedHeaders: [exposed] },
    });
    console.log((await a.from('https://a.example', '/orders')).headers);
    await a.close();
  }
});
