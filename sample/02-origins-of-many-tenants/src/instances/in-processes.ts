import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { prepareDatabase } from '../database/prepare-database.js';
import { ServerDatabase } from '../../../shared/database/server-database.js';
import type { WebOrigins } from '../../../shared/tenants/web-origins.js';
import { StartupError } from '../../../shared/startup-error.js';
import type { Settings } from '../settings.js';
import { Instance } from './instance.js';
import type { RunningInstance, RunningInstances } from './running-instances.js';

/** What a process tells the one that started it. */
export type InstanceMessage =
  | { readonly kind: 'listening'; readonly url: string; readonly devtools: string; readonly revocationHorizon: number }
  | { readonly kind: 'failed'; readonly message: string };

/** The instances as processes of their own, which have nothing in common but the server's rows. */
export async function startInProcesses(settings: Settings, url: string, web: WebOrigins): Promise<RunningInstances> {
  const location = await prepare(settings, url, web);
  const starting = await Promise.allSettled(
    settings.ports.map((port, index) => startProcess(new Instance(index + 1, port, web, settings.fastify))),
  );
  const instances = starting.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const stop = async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
  };
  const failed = starting.find((each) => each.status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { instances, location, stop };
}

async function prepare(settings: Settings, url: string, web: WebOrigins): Promise<string> {
  const database = await ServerDatabase.open(url);
  try {
    await prepareDatabase(database, settings.schemaFile, web);
    return database.location;
  } finally {
    await database.close();
  }
}

async function startProcess(instance: Instance): Promise<RunningInstance> {
  // The URL of the database is in the environment: a command line is for everybody to read.
  const child = fork(join(import.meta.dirname, 'instance-process.js'), [JSON.stringify(instance)]);
  const ended = once(child, 'exit').then(() => {});
  const message = await Promise.race([firstMessage(child), ended]);
  if (message === undefined || message.kind === 'failed') {
    throw new StartupError(message?.message ?? `Instance ${instance.number} ended before it listened.`);
  }
  const { url, devtools, revocationHorizon } = message;
  let stopping = false;
  void ended.then(() => stopping || console.warn(`Instance ${instance.number} on ${url} has ended.`));
  return {
    url,
    devtools,
    revocationHorizon,
    async stop() {
      stopping = true;
      // Ends it, as it would if this process were gone.
      if (child.connected) {
        child.disconnect();
      }
      await ended;
    },
  };
}

async function firstMessage(child: ChildProcess): Promise<InstanceMessage> {
  const [message] = (await once(child, 'message')) as [InstanceMessage];
  return message;
}
