import { Module } from '@nestjs/common';
import { Settings } from '../settings.js';
import { WebPages } from './web-pages.js';

@Module({
  providers: [{ provide: WebPages, inject: [Settings], useFactory: (settings: Settings) => WebPages.listen(settings) }],
  exports: [WebPages],
})
export class PagesModule {}
