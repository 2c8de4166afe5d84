import 'reflect-metadata';
import { exitWith } from '../../shared/startup-error.js';
import { onInterrupt } from '../../shared/on-interrupt.js';
import { startInProcesses } from './instances/in-processes.js';
import { startInThisProcess } from './instances/in-this-process.js';
import { webOriginsOf } from '../../shared/tenants/web-origins.js';
import { listenForPages } from './pages/shop-pages.js';
import { Settings } from './settings.js';
import { whatToTry } from './what-to-try.js';

async function start(): Promise<void> {
  const settings = new Settings(process.env, process.argv.slice(2));
  // The pages come first: when their ports are taken this sample runs already, and the database is not ours to open.
  const pages = await listenForPages(settings);
  const web = webOriginsOf(pages);
  const running =
    settings.databaseUrl === undefined
      ? await startInThisProcess(settings, web)
      : await startInProcesses(settings, settings.databaseUrl, web);
  pages.announce({ instances: running.instances.map(({ url }) => url), ...web });
  console.log(whatToTry(settings, web, running));
  onInterrupt(async () => {
    pages.close();
    await running.stop();
  });
}

await start().catch(exitWith);
