import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { WebPages } from '../../../shared/pages/web-pages.js';
import { Settings } from '../settings.js';

@Module({
  providers: [
    {
      provide: WebPages,
      inject: [Settings],
      // The same page from two servers.
      useFactory: ({ webDirectory, webPorts }: Settings) =>
        WebPages.listen(
          webDirectory,
          webPorts.map((port) => ({ port, home: 'index.html' })),
        ),
    },
  ],
  exports: [WebPages],
})
export class PagesModule implements OnApplicationShutdown {
  constructor(private readonly pages: WebPages) {}

  onApplicationShutdown(): void {
    this.pages.close();
  }
}
