import { createRequire } from 'node:module';
import type { CorsInspector } from '../../inspect/inspector.js';
import { boot, type BootedApplication, type BootOptions } from './boot.js';
import { BootPhase } from './boot-phase.js';
import { readCommandLine } from './command-line.js';
import { COMMANDS } from './commands.js';
import { loadEnvFiles } from './env-files.js';
import { HELP } from './help.js';
import { InputError, sentenceOf, stackOf } from './input-error.js';
import type { CheckedCommand } from './report.js';
import type { Terminal } from './terminal.js';
import { readTimeout, withinTimeout } from './timeout.js';

/** 0: done; 1: findings, with `--strict`; 2: something to correct first. */
export type ExitCode = 0 | 1 | 2;

/**
 * Executes a command line. Never throws.
 * @param phase how far the boot has come
 */
export async function run(
  argv: readonly string[],
  terminal: Terminal,
  phase: BootPhase = new BootPhase(),
): Promise<ExitCode> {
  try {
    return await execute(argv, terminal, phase);
  } catch (error) {
    terminal.stderr.write(failureText(error, argv.includes('--debug')));
    return 2;
  }
}

/** The message of a command that failed: a sentence, with a stack only for `--debug`. */
export function failureText(error: unknown, debug: boolean): string {
  const expected = error instanceof InputError;
  const sentence = expected ? error.message : `The command failed: ${sentenceOf(error)}`;
  const cause = expected ? error.cause : error;
  if (cause === undefined) {
    return `${sentence}\n`;
  }
  return debug ? `${sentence}\n\n${stackOf(cause)}\n` : `${sentence}\nAdd --debug to see where.\n`;
}

async function execute(argv: readonly string[], terminal: Terminal, phase: BootPhase): Promise<ExitCode> {
  const line = readCommandLine(argv);
  const { command, options } = line;
  if (options.version === true) {
    terminal.stdout.write(`${version()}\n`);
    return 0;
  }
  if (options.help === true) {
    terminal.stdout.write(HELP);
    return 0;
  }
  if (command === undefined) {
    throw new InputError(`Write a command: routes, explain, audit, probe or migrate.\n\n${HELP}`.trimEnd());
  }
  const checked = await COMMANDS[command](line, terminal);
  phase.start(readTimeout(options.timeout));
  loadEnvFiles(options['env-file'], terminal.cwd);
  const application = await applicationOf(checked, options, terminal, phase);
  try {
    phase.enter(checked.application === 'required' ? 'the command, which may call lookups' : checked.phase);
    const pending = checked.report(application?.inspector as CorsInspector);
    const { text, json, findings } = await withinTimeout(Promise.resolve(pending), phase);
    // Node.js reports an unhandled rejection only after the current promises.
    await new Promise(setImmediate);
    const code = findings && options.strict === true ? 1 : 0;
    phase.exitCode = code;
    terminal.stdout.write(`${options.json === true ? JSON.stringify(json, undefined, 2) : text}\n`);
    return code;
  } finally {
    await application?.close();
  }
}

/** The application that a command needs; `undefined` where it needs none. */
async function applicationOf(
  { application }: CheckedCommand,
  options: BootOptions,
  terminal: Terminal,
  phase: BootPhase,
): Promise<BootedApplication | undefined> {
  const boots = application === 'required' || (application === 'optional' && options.module !== undefined);
  return boots ? withinTimeout(boot(options, terminal, phase), phase) : undefined;
}

/** Read by the package's name, because sources and installed files are at different depths. */
function version(): string {
  const { version: text } = createRequire(import.meta.url)('nestjs-cors/package.json') as { version: string };
  return text;
}
