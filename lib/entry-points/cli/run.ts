import { createRequire } from 'node:module';
import { boot } from './boot.js';
import { BootPhase } from './boot-phase.js';
import { readCommandLine } from './command-line.js';
import { COMMANDS } from './commands.js';
import { HELP } from './help.js';
import { InputError, sentenceOf, stackOf } from './input-error.js';
import type { Terminal } from './terminal.js';
import { readTimeout, withinTimeout } from './timeout.js';

/** 0: done; 1: findings, with `--strict`; 2: something to put right first. */
export type ExitCode = 0 | 1 | 2;

/**
 * Does what the command line says. Never throws.
 * @param phase where booting has got to
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

/** What a person reads whose command did not come to its end: a sentence, with a stack only on demand. */
export function failureText(error: unknown, debug: boolean): string {
  const expected = error instanceof InputError;
  const sentence = expected ? error.message : `The command failed: ${sentenceOf(error)}`;
  const cause = expected ? error.cause : error;
  if (cause === undefined) {
    return `${sentence}\n`;
  }
  return debug ? `${sentence}\n\n${stackOf(cause)}\n` : `${sentence}\nWith --debug it shows where.\n`;
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
    throw new InputError(`Say what to do: routes, explain or audit.\n\n${HELP}`.trimEnd());
  }
  const question = COMMANDS[command](line, terminal);
  const timeout = readTimeout(options.timeout);
  phase.start(timeout);
  const application = await withinTimeout(boot(options, terminal, phase), phase);
  try {
    phase.enter('the answer, which may ask lookups');
    const { text, json, findings } = await withinTimeout(Promise.resolve(question(application.inspector)), phase);
    // Node.js tells of a rejection that nothing handles after the promises of now.
    await new Promise(setImmediate);
    const code = findings && options.strict === true ? 1 : 0;
    phase.exitCode = code;
    terminal.stdout.write(`${options.json === true ? JSON.stringify(json, undefined, 2) : text}\n`);
    return code;
  } finally {
    await application.close();
  }
}

/** By the package's own name: the file is at another depth in the sources than in what is installed. */
function version(): string {
  const { version: text } = createRequire(import.meta.url)('nestjs-cors/package.json') as { version: string };
  return text;
}
