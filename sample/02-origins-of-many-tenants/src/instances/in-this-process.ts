import { EmbeddedDatabase } from '../../../shared/database/embedded-database.js';
import { prepareDatabase } from '../database/prepare-database.js';
import type { WebOrigins } from '../../../shared/tenants/web-origins.js';
import type { Settings } from '../settings.js';
import { Instance } from './instance.js';
import type { RunningInstance, RunningInstances } from './running-instances.js';
import { startInstance } from './start-instance.js';

/** The instances as applications of one process, because only one process may have the embedded database open. */
export async function startInThisProcess(settings: Settings, web: WebOrigins): Promise<RunningInstances> {
  const database = await EmbeddedDatabase.open(settings.dataDirectory);
  const instances: RunningInstance[] = [];
  const stop = async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await database.close();
  };
  try {
    await prepareDatabase(database, settings.schemaFile, web);
    for (const [index, port] of settings.ports.entries()) {
      instances.push(await startInstance(new Instance(index + 1, port, web, settings.fastify), database));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { instances, location: database.location, stop };
}
