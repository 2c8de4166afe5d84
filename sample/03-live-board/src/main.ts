import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { EmbeddedDatabase } from '../../shared/database/embedded-database.js';
import { ServerDatabase } from '../../shared/database/server-database.js';
import { onInterrupt } from '../../shared/on-interrupt.js';
import { WebPages } from '../../shared/pages/web-pages.js';
import { exitWith } from '../../shared/startup-error.js';
import { tenants, webOriginsOf } from '../../shared/tenants/web-origins.js';
import { Instance } from './instance.js';
import { prepareDatabase } from './prepare-database.js';
import { Settings } from './settings.js';
import { type RunningInstance, startInstance } from './start-instance.js';
import { whatToTry } from './what-to-try.js';

async function start({ ports, webPorts, webDirectory, databaseUrl, dataDirectory }: Settings): Promise<void> {
  // The pages come first: when their ports are taken this sample runs already, and the database is not ours to open.
  const pages = await WebPages.listen(
    webDirectory,
    webPorts.map((port, index) => ({ port, home: index < tenants.length ? 'board.html' : 'console.html' })),
    [fileURLToPath(import.meta.resolve('socket.io-client/dist/socket.io.js'))],
  );
  const web = webOriginsOf(pages);
  const database =
    databaseUrl === undefined ? await EmbeddedDatabase.open(dataDirectory) : await ServerDatabase.open(databaseUrl);
  await prepareDatabase(database, web);

  // Two applications, which have nothing in common but the rows.
  const instances: RunningInstance[] = [];
  for (const [index, port] of ports.entries()) {
    instances.push(await startInstance(new Instance(index + 1, port, web), database));
  }
  pages.announce({ instances: instances.map(({ url }) => url), ...web });
  console.log(whatToTry(web, instances, database.location));

  onInterrupt(async () => {
    pages.close();
    await Promise.all(instances.map((instance) => instance.stop()));
    await database.close();
  });
}

await start(new Settings(process.env)).catch(exitWith);
