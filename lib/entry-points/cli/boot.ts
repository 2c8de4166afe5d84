import type { INestApplication, LoggerService, Type } from '@nestjs/common';
import { type CorsInspector, INSPECTOR_TOKEN } from '../../inspect/inspector.js';
import type { BootPhase } from './boot-phase.js';
import { InputError, sentenceOf } from './input-error.js';
import { defaultModule } from './module-file.js';
import { chooseExport, loadReference } from './module-reference.js';
import { type Configure, type StartOptions, startApplication } from './start-application.js';
import type { Output, Terminal } from './terminal.js';

/** The options that name the application. */
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

/** Metadata keys of `@Module()`, by which a module is recognized. */
const MODULE_KEYS = ['imports', 'controllers', 'providers', 'exports'];
/** In ms. The command has printed its output by then, and does not wait for a connection that stays open. */
const CLOSING_TIME = 2000;

/** @throws InputError where the options name no application, or one that does not boot */
export async function boot(
  options: BootOptions,
  { cwd, stderr }: Terminal,
  phase: BootPhase,
): Promise<BootedApplication> {
  const module = options.module ?? defaultModule(cwd);
  // main.ts loads it first, too: it may set variables that the module reads when it is loaded.
  const configure = options.configure === undefined ? undefined : await loadConfigure(options.configure, cwd, phase);
  phase.enter(`the import of ${module}`);
  const reference = await loadReference(module, cwd);
  const root = chooseExport(reference, 'module', '@Module() class', isModule) as Type<unknown>;
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

/** Errors on closing are ignored: the output is complete. */
async function close(app: INestApplication): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSING_TIME);
  });
  await Promise.race([app.close().catch(() => {}), deadline]);
  clearTimeout(timer);
}

/** Shows an error of the running command, such as a lookup without its table, as one line without a stack. */
class ErrorLines implements LoggerService {
  constructor(private readonly output: Output) {}

  error(message: unknown): void {
    this.output.write(`${sentenceOf(message)}\n`);
  }

  log(): void {}
  warn(): void {}
}
