import 'reflect-metadata';
import { ServerDatabase } from '../../../shared/database/server-database.js';
import { StartupError } from '../../../shared/startup-error.js';
import type { InstanceMessage } from './in-processes.js';
import type { Instance } from './instance.js';
import type { RunningInstance } from './running-instances.js';
import { startInstance } from './start-instance.js';

/** One instance in a process of its own. */
async function start(): Promise<RunningInstance> {
  const instance = JSON.parse(process.argv[2] ?? '{}') as Instance;
  const database = await ServerDatabase.open(process.env['DATABASE_URL'] ?? '');
  const running = await startInstance(instance, database);
  return {
    ...running,
    async stop() {
      await running.stop();
      await database.close();
    },
  };
}

function tell(message: InstanceMessage): void {
  process.send?.(message);
}

const starting = start();
// Ctrl+C reaches every process of the terminal. This one ends when the one that started it lets go of it, or is gone.
process.on('SIGINT', () => {});
process.once('disconnect', () => {
  void starting.then((running) => running.stop()).finally(() => process.exit());
});

try {
  const { url, devtools, revocationHorizon } = await starting;
  tell({ kind: 'listening', url, devtools, revocationHorizon });
} catch (error) {
  if (!(error instanceof StartupError)) {
    console.error(error);
  }
  tell({ kind: 'failed', message: error instanceof StartupError ? error.message : String(error) });
  process.exitCode = 1;
  process.disconnect();
}
