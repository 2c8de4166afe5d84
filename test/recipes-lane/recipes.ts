import { EntityManager } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Provider, Type } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { drizzle as drizzleOnPostgres } from 'drizzle-orm/node-postgres';
import { drizzle as drizzleOnPglite } from 'drizzle-orm/pglite';
import type { OriginList, OriginLookup } from 'nestjs-cors';
import { Pool } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import * as drizzle from '../../docs/recipes/origins/drizzle.js';
import * as mikroOrm from '../../docs/recipes/origins/mikro-orm.js';
import * as prisma from '../../docs/recipes/origins/prisma.js';
import * as typeorm from '../../docs/recipes/origins/typeorm.js';
import { type TestDatabase, mariadb, pglite, postgres } from './databases.js';
import { PrismaClient } from './dist/generated/prisma/client.js';

/** A recipe on a database that holds the table already, with what the recipe wants injected. */
export interface RunningRecipe {
  readonly database: TestDatabase;
  readonly provider: Type<OriginList | OriginLookup>;
  readonly injected: Provider;
  disconnect(): Promise<unknown>;
}

export const recipes: readonly [name: string, connect: () => Promise<RunningRecipe>][] = [
  ['TypeORM on PostgreSQL', async () => onTypeOrm(await withTable(postgres), 'postgres')],
  ['TypeORM on MariaDB', async () => onTypeOrm(await withTable(mariadb), 'mariadb')],
  [
    'Drizzle on PostgreSQL',
    async () => {
      const database = await withTable(postgres);
      const pool = new Pool({ connectionString: database.url });
      return onDrizzle(database, drizzleOnPostgres(pool), () => pool.end());
    },
  ],
  [
    'Drizzle on PGlite',
    async () => {
      const database = await withTable(pglite);
      return onDrizzle(database, drizzleOnPglite(database.client), async () => {});
    },
  ],
  [
    'Prisma on PostgreSQL',
    async () => {
      const database = await withTable(postgres);
      const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: database.url }) });
      const injected = { provide: PrismaClient, useValue: client };
      return { database, provider: prisma.CorsOrigins, injected, disconnect: () => client.$disconnect() };
    },
  ],
  ['MikroORM on PostgreSQL', onMikroOrm],
];

export async function onMikroOrm(): Promise<RunningRecipe & { readonly em: EntityManager }> {
  const database = await withTable(postgres);
  const orm = await MikroORM.init({ clientUrl: database.url, entities: [mikroOrm.CorsOrigin] });
  return {
    database,
    em: orm.em,
    provider: mikroOrm.CorsOrigins,
    // The core's class is one of the tokens that @mikro-orm/nestjs provides; the driver's is another.
    injected: { provide: EntityManager, useValue: orm.em },
    disconnect: () => orm.close(),
  };
}

async function onTypeOrm(database: TestDatabase, type: 'postgres' | 'mariadb'): Promise<RunningRecipe> {
  const options: DataSourceOptions = { type, url: database.url, entities: [typeorm.CorsOrigin] };
  const source = await new DataSource(options).initialize();
  const injected = { provide: DataSource, useValue: source };
  return { database, provider: typeorm.CorsOrigins, injected, disconnect: () => source.destroy() };
}

function onDrizzle(database: TestDatabase, client: object, disconnect: () => Promise<unknown>): RunningRecipe {
  return { database, provider: drizzle.CorsOrigins, injected: { provide: 'DATABASE', useValue: client }, disconnect };
}

async function withTable<T extends TestDatabase>(create: () => Promise<T>): Promise<T> {
  const database = await create();
  await database.run(`create table cors_origins (
    id serial primary key,
    tenant varchar(100) not null default '',
    origin varchar(300) not null,
    verified_at timestamp null
  )`);
  return database;
}
