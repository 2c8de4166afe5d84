import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { PagesModule } from '../pages/pages.module.js';
import { WebPages } from '../../../shared/pages/web-pages.js';
import { Settings } from '../settings.js';
import { Database } from '../../../shared/database/database.js';
import { openDatabase } from '../../../shared/database/open-database.js';

@Module({
  imports: [PagesModule],
  providers: [
    {
      provide: Database,
      // The pages come first: when their ports are taken this sample runs already, and the folder is not ours to open.
      inject: [Settings, WebPages],
      useFactory: (settings: Settings) => openDatabase(settings),
    },
  ],
  exports: [Database],
})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
