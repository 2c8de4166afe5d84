#!/usr/bin/env node
import { type ExitCode, failureText, run } from './run.js';

// The application is not to read this command's arguments as its own, nor to print into this command's output.
const argv = process.argv.splice(2);
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;

let answered = false;
const stdout = {
  write: (text: string) => {
    answered = true;
    return write(text);
  },
  isTTY: process.stdout.isTTY,
  columns: process.stdout.columns,
  hasColors: () => process.stdout.hasColors(),
};

let ended = false;

/** Ends the process when everything is written, whatever the application keeps open. */
function end(code: ExitCode): void {
  ended = true;
  write('', () => process.exit(code));
}

process.stdout.on('error', () => {
  // Nobody reads on: `nestjs-cors routes | head -1`.
  ended = true;
  process.exit(0);
});
process.on('uncaughtException', (error) => {
  // What goes wrong in closing the application changes nothing about what was asked.
  if (!answered) {
    process.stderr.write(failureText(error, argv.includes('--debug')));
    end(2);
  }
});
process.on('exit', () => {
  if (!answered && !ended) {
    process.stderr.write(
      'The application ended the process, or waits for something that never comes, before it had booted.\n',
    );
    process.exitCode = 2;
  }
});

void run(argv, { stdout, stderr: process.stderr, cwd: process.cwd() }).then(end);
