import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Pool, type PoolConfig } from 'pg';
import type { RecordingLogger } from '../support/application.js';
import { TemporaryDatabase } from './temporary-database.js';
import { until } from './until.js';

/** A database with the schema for the tests of a file, and what the current test has opened on it. */
export interface PostgresFixture<TestLogger extends RecordingLogger> {
  readonly database: TemporaryDatabase;
  /** A new one for each test. */
  readonly logger: TestLogger;
  /** Called in reverse after the test, whether it passed or failed. */
  readonly closing: (() => unknown)[];
  /** Opens a pool that is closed after the test. */
  poolOf(config?: PoolConfig): Pool;
}

/** Creates the database before the tests of a `describe()`, empties the table before each test, and drops it in the end. */
export function usePostgres<TestLogger extends RecordingLogger>(
  newLogger: () => TestLogger,
): PostgresFixture<TestLogger> {
  let database: TemporaryDatabase;
  let logger: TestLogger;
  const closing: (() => unknown)[] = [];

  beforeAll(async () => {
    database = await TemporaryDatabase.create();
    const client = await database.connectToOrigins();
    await client.end();
  });

  afterAll(() => database.drop());

  beforeEach(async () => {
    await database.query('truncate cors_origins restart identity');
    logger = newLogger();
    Logger.overrideLogger(logger);
  });

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) {
      await close();
    }
    Logger.overrideLogger(false);
    await until(async () => (await database.connections()) === 0);
  });

  return {
    get database() {
      return database;
    },
    get logger() {
      return logger;
    },
    closing,
    poolOf: (config = {}) => {
      const pool = new Pool({ connectionString: database.url, ...config });
      pool.on('error', () => {});
      closing.push(() => pool.ending || pool.end());
      return pool;
    },
  };
}
