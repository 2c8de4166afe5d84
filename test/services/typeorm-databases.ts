import { DataSource, type DataSourceOptions, type EntitySchema, type MixedList } from 'typeorm';
import { withoutPassword } from './temporary-database.js';

/** The servers that the entry point is for. */
export const ENGINES = ['postgres', 'mariadb'] as const;
export type Engine = (typeof ENGINES)[number];

const SERVERS: Record<Engine, { readonly variable: string; readonly url: string }> = {
  postgres: { variable: 'TEST_DATABASE_URL', url: 'postgres://postgres@127.0.0.1:5432/test' },
  mariadb: { variable: 'TEST_MARIADB_URL', url: 'mariadb://root@127.0.0.1:3306' },
};

let created = 0;

/** A database of its own on the test server of one engine. */
export class OrmDatabase {
  private readonly open: DataSource[] = [];

  private constructor(
    readonly engine: Engine,
    private readonly server: DataSource,
    readonly name: string,
    private readonly serverUrl: string,
  ) {}

  static async create(engine: Engine): Promise<OrmDatabase> {
    const { variable, url } = SERVERS[engine];
    const serverUrl = process.env[variable] || url;
    const server = new DataSource(optionsFor(engine, serverUrl));
    await server.initialize().catch((error: unknown) => {
      throw new Error(
        `These tests need a ${engine} server, and ${withoutPassword(serverUrl)} gave no connection (${String(error)}). ` +
          `Start one there, or name another in ${variable}; its user must be allowed to create databases.`,
      );
    });
    const name = `nestjs_cors_typeorm_${process.pid}_${Date.now()}_${created++}`;
    await server.query(`create database ${name}`);
    return new OrmDatabase(engine, server, name, serverUrl);
  }

  /** A data source that is destroyed before the database is dropped. */
  async connect(
    // eslint-disable-next-line typescript/no-unsafe-function-type -- the type of TypeORM's own option
    entities: MixedList<Function | EntitySchema>,
    more: Record<string, unknown> = {},
  ): Promise<DataSource> {
    const dataSource = new DataSource({ ...this.options, ...more, entities } as DataSourceOptions);
    this.open.push(dataSource);
    return dataSource.initialize();
  }

  get options(): DataSourceOptions & { readonly url: string } {
    const url = new URL(this.serverUrl);
    url.pathname = this.name;
    return optionsFor(this.engine, url.href);
  }

  async drop(): Promise<void> {
    for (const dataSource of this.open.filter(({ isInitialized }) => isInitialized)) {
      await dataSource.destroy();
    }
    await this.server.query(`drop database ${this.name}`);
    await this.server.destroy();
  }
}

function optionsFor(type: Engine, url: string): DataSourceOptions & { readonly url: string } {
  return { type, url };
}
