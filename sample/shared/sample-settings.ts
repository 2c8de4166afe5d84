import { join } from 'node:path';

/** What the environment and the command line decide for every sample. */
export class SampleSettings {
  /** A PostgreSQL server; without one the database runs in this process. */
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  readonly webDirectory: string;
  readonly fastify: boolean;

  /** @param folder of the sample, see {@link sampleFolder} */
  constructor(folder: string, environment: NodeJS.ProcessEnv, commandLine: readonly string[]) {
    this.databaseUrl = environment['DATABASE_URL'] || undefined;
    this.dataDirectory = environment['DATA_DIR'] || join(folder, '.data');
    this.webDirectory = join(folder, 'web');
    this.fastify = commandLine.includes('--fastify');
  }
}

/** The folder of a sample in the checkout, or of what the samples share (`shared`). The Nest CLI compiles them to `dist/`. */
export function sampleFolder(name: string): string {
  return join(import.meta.dirname, '../../../sample', name);
}
