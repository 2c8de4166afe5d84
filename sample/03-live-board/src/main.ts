import 'reflect-metadata';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../shared/database/open-database.js';
import { onInterrupt } from '../../shared/on-interrupt.js';
import { WebPages } from '../../shared/pages/web-pages.js';
import { exitWith } from '../../shared/startup-error.js';
import { tenants, webOriginsOf } from '../../shared/tenants/web-origins.js';
import { Instance } from './instance.js';
import { prepareDatabase } from './prepare-database.js';
import { Settings } from './settings.js';
import { type RunningInstance, startInstance } from './start-instance.js';
import { whatToTry } from './what-to-try.js';

async function start(): Promise<void> {
  const settings = new Settings(process.env, process.argv.slice(2));
  // The pages come first: when their ports are taken this sample runs already, and the database is not ours to open.
  const pages = await WebPages.listen(
    settings.webDirectory,
    settings.webPorts.map((port, index) => ({ port, home: index < tenants.length ? 'board.html' : 'console.html' })),
    [fileURLToPath(import.meta.resolve('socket.io-client/dist/socket.io.js'))],
  );
  const web = webOriginsOf(pages);
  const database = await openDatabase(settings);
  await prepareDatabase(database, web);

  // Two applications, which have nothing in common but the rows.
  const instances: RunningInstance[] = [];
  for (const [index, port] of settings.ports.entries()) {
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

await start().catch(exitWith);
