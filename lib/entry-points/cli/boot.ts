import type { INestApplication, Type } from '@nestjs/common';
import type { CorsInspector } from '../../inspect/inspector.js';
import { INSPECTOR_TOKEN } from '../../inspect/inspector.js';
import type { BootPhase } from './boot-phase.js';
import { ErrorLines } from './error-lines.js';
import { InputError } from './input-error.js';
import { chooseExport, loadReference } from './module-reference.js';
import { type Configure, type StartOptions, startApplication } from './start-application.js';
import type { Terminal } from './terminal.js';

/** Which application is looked at, as the options say it. */
export interface BootOptions extends StartOptions {
  readonly module?: string;
  readonly configure?: string;
}

/** An application that has booted, and listens nowhere. */
export interface BootedApplication {
  readonly inspector: CorsInspector;
  /** Ends when the application has shut down, or after two seconds. */
  close(): Promise<void>;
}

/** Keys of `@Module()`: what tells a module from any other class. */
const MODULE_KEYS = ['imports', 'controllers', 'providers', 'exports'];
/** In ms. A connection that does not close is no reason to keep people waiting for what they have read already. */
const CLOSING_TIME = 2000;

/** @throws InputError where the options name no application, or one that does not boot */
export async function boot(
  options: BootOptions,
  { cwd, stderr }: Terminal,
  phase: BootPhase,
): Promise<BootedApplication> {
  if (options.module === undefined) {
    throw new InputError('Say which module to boot: --module dist/app.module.js#AppModule');
  }
  phase.enter(`the import of ${options.module}`);
  const reference = await loadReference(options.module, cwd);
  const root = chooseExport(reference, 'module', '@Module() class', isModule) as Type<unknown>;
  const configure = options.configure === undefined ? undefined : await loadConfigure(options.configure, cwd, phase);
  const app = await startApplication(reference, root, options, configure, phase);
  const inspector = findInspector(app);
  if (inspector === undefined) {
    await close(app);
    throw new InputError(
      `The application has no CorsModule. Add CorsModule.forRoot() to the imports of the module in ${reference.written}.`,
    );
  }
  if (options.debug !== true) {
    app.useLogger(new ErrorLines(stderr));
  }
  return { inspector, close: () => close(app) };
}

async function loadConfigure(option: string, cwd: string, phase: BootPhase): Promise<Configure> {
  phase.enter(`the import of ${option}`);
  const reference = await loadReference(option, cwd);
  return chooseExport(reference, 'configure', 'function', (value) => typeof value === 'function') as Configure;
}

function isModule(value: unknown): boolean {
  if (typeof value !== 'function') {
    return false;
  }
  const { hasMetadata } = Reflect as { hasMetadata?: (key: string, target: object) => boolean };
  return hasMetadata !== undefined && MODULE_KEYS.some((key) => hasMetadata(key, value));
}

function findInspector(app: INestApplication): CorsInspector | undefined {
  try {
    return app.get<CorsInspector>(INSPECTOR_TOKEN, { strict: false });
  } catch {
    return undefined;
  }
}

/** What goes wrong in closing changes nothing about what was asked. */
async function close(app: INestApplication): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSING_TIME);
  });
  await Promise.race([app.close().catch(() => {}), deadline]);
  clearTimeout(timer);
}
