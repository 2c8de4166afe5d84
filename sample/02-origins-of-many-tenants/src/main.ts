import 'reflect-metadata';
import { startInProcesses } from './instances/in-processes.js';
import { startInThisProcess } from './instances/in-this-process.js';
import { WebPages } from './pages/web-pages.js';
import { Settings, StartupError } from './settings.js';
import { whatToTry } from './what-to-try.js';

async function start(): Promise<void> {
  const settings = new Settings(process.env, process.argv.slice(2));
  // The pages come first: when their ports are taken this sample runs already, and the database is not ours to open.
  const pages = await WebPages.listen(settings);
  const running =
    settings.databaseUrl === undefined
      ? await startInThisProcess(settings, pages.origins)
      : await startInProcesses(settings, settings.databaseUrl, pages.origins);
  pages.announceInstances(running.instances.map(({ url }) => url));
  console.log(whatToTry(settings, pages.origins, running));

  let stopping = false;
  const stop = () => {
    // A terminal sends Ctrl+C to every process, and npm and the Nest CLI pass it on.
    if (!stopping) {
      stopping = true;
      pages.close();
      void running.stop().finally(() => process.exit());
    }
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

try {
  await start();
} catch (error) {
  console.error(error instanceof StartupError ? `\n${error.message}\n` : error);
  // The pages may listen already: they would keep a process that cannot do its work.
  process.exit(1);
}
