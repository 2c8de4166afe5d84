import { type DynamicModule, Module } from '@nestjs/common';
import { Database } from '../../../shared/database/database.js';
import { Instance } from './instance.js';

/** What an instance is started with, for all its modules. Whoever opened the database closes it. */
@Module({})
export class InstanceModule {
  static of(instance: Instance, database: Database): DynamicModule {
    return {
      module: InstanceModule,
      global: true,
      providers: [
        { provide: Instance, useValue: instance },
        { provide: Database, useValue: database },
      ],
      exports: [Instance, Database],
    };
  }
}
