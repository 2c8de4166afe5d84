import type { SampleSettings } from '../sample-settings.js';
import type { Database } from './database.js';
import { EmbeddedDatabase } from './embedded-database.js';
import { ServerDatabase } from './server-database.js';

/** Opens the database that the settings name. @throws StartupError when it is a server that gives no connection */
export function openDatabase({ databaseUrl, dataDirectory }: SampleSettings): Promise<Database> {
  return databaseUrl === undefined ? EmbeddedDatabase.open(dataDirectory) : ServerDatabase.open(databaseUrl);
}
