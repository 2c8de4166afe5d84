import { writeSync } from 'node:fs';
import { BootPhase } from './boot-phase.js';
import { failureText, run } from './run.js';
import { type Message, MESSAGES, type TerminalFacts } from './process-messages.js';

// The process that the application runs in. Its file descriptor 1 is the stderr of the command, so nothing that the application
// writes gets into the output, which has a pipe of its own. The command's arguments are removed, so that the application does not
// read them.
const [facts = '{}', ...argv] = process.argv.splice(2);
const { isTTY, columns, hasColors } = JSON.parse(facts) as TerminalFacts;

/** Writes at once, so that the command knows a phase whose code never returns. */
function send(message: Message): void {
  let bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  while (bytes.length > 0) {
    bytes = bytes.subarray(writeSync(MESSAGES, bytes));
  }
}

let text = '';
let ended = false;
const phase = new BootPhase((name, timeout) => send({ phase: name, timeout }));

function end(code: number): void {
  ended = true;
  process.exit(code);
}

function fail(error: unknown): void {
  // Errors on closing are ignored: the output is complete.
  if (text === '') {
    process.stderr.write(failureText(error, argv.includes('--debug')));
    end(2);
  }
}

process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.on('exit', () => {
  if (text === '' && !ended) {
    process.stderr.write(
      `The application ended the process, or waits for an event that never happens (${phase.describe()}), before it had booted.\n`,
    );
    process.exitCode = 2;
  }
});

const stdout = {
  write: (written: string) => {
    text += written;
    send({ text: written, code: phase.exitCode });
  },
  isTTY,
  columns,
  hasColors: () => hasColors,
};

void run(argv, { stdout, stderr: process.stderr, cwd: process.cwd() }, phase).then(end);
