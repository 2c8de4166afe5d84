#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Message, MESSAGES, type TerminalFacts } from './process-messages.js';
import { timeoutText } from './timeout.js';

/** In ms. The command waits for this much longer than the application's process, which knows more about the delay. */
const GRACE = 1000;
/** In ms. How long the application may take to close after the output. */
const CLOSING_TIME = 5000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const { stdout } = process;
const facts: TerminalFacts = {
  isTTY: stdout.isTTY === true,
  columns: stdout.columns ?? 80,
  hasColors: stdout.isTTY === true && stdout.hasColors(),
};
// The application has a process of its own: a synchronous loop does not block the command, and its stdout is the command's stderr.
const application = spawn(
  process.execPath,
  [
    ...process.execArgv,
    fileURLToPath(new URL('./application-process.js', import.meta.url)),
    JSON.stringify(facts),
    ...process.argv.slice(2),
  ],
  { stdio: ['inherit', 2, 2, 'pipe'] },
);

/** The exit code that came with the report; the application cannot change it afterwards. */
let reportedCode: number | undefined;
let signalled = false;
let isOver = false;
let timer: NodeJS.Timeout | undefined;
let waitsFor = '';

/** Ends when everything is written. It leaves no process behind, not even a zombie. */
function end(code: number): void {
  isOver = true;
  clearTimeout(timer);
  const finish = (): void => void stdout.write('', () => process.exit(code));
  if (application.kill('SIGKILL')) {
    application.once('exit', finish);
  } else {
    finish();
  }
}

function endAfter(time: number, onTime: () => void): void {
  clearTimeout(timer);
  timer = setTimeout(onTime, time);
}

/** `undefined` for lines that the application itself wrote to the file descriptor of the pipe. */
function messageIn(line: string): Message | undefined {
  try {
    const { text, code, phase, timeout } = JSON.parse(line) as Record<string, unknown>;
    if (typeof text === 'string' && typeof code === 'number') {
      return { text, code };
    }
    return typeof phase === 'string' && typeof timeout === 'number' ? { phase, timeout } : undefined;
  } catch {
    return undefined;
  }
}

function receive(message: Message): void {
  if ('text' in message) {
    reportedCode = message.code;
    stdout.write(message.text);
    endAfter(CLOSING_TIME, () => end(message.code));
  } else if (reportedCode === undefined) {
    if (waitsFor === '' && !signalled) {
      endAfter(message.timeout * 1000 + GRACE, () => {
        process.stderr.write(`${timeoutText(waitsFor, message.timeout)}\n`);
        end(2);
      });
    }
    waitsFor = message.phase;
  }
}

function codeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** The application may handle signals itself, or be in a loop that receives none. */
function pass(signal: NodeJS.Signals): void {
  if (signalled) {
    end(codeOf(signal));
    return;
  }
  signalled = true;
  application.kill(signal);
  endAfter(CLOSING_TIME, () => end(codeOf(signal)));
}

/** The exit code for an application's process that has ended without a result; never 0. */
function failedWith(code: number | null, signal: NodeJS.Signals | null): number {
  const where = waitsFor && ` in ${waitsFor}`;
  if (signal !== null) {
    process.stderr.write(`The application's process was ended by ${signal}${where}.\n`);
    return SIGNALS.some((known) => known === signal) ? codeOf(signal) : 2;
  }
  // The process itself has already printed the reason for 2.
  if (code !== 2) {
    process.stderr.write(
      `The application's process ended with exit code ${code}${where}, before there was an answer.\n`,
    );
  }
  return 2;
}

stdout.on('error', () => {
  // The reader has closed the pipe: `nestjs-cors routes | head -1`.
  isOver = true;
  application.kill('SIGKILL');
  process.exit(reportedCode ?? 0);
});
SIGNALS.forEach((signal) => process.on(signal, pass));

const lines = createInterface({ input: application.stdio[MESSAGES] as Readable });
lines.on('line', (line) => {
  const message = messageIn(line);
  if (message !== undefined) {
    receive(message);
  }
});

application.on('error', (error) => {
  process.stderr.write(`The command failed: ${error.message}\n`);
  end(2);
});
application.on('exit', (code, signal) => {
  // Its last lines may not have arrived yet, and a process that it has started may hold the pipe open.
  const finish = (): void => {
    if (!isOver) {
      end(reportedCode ?? failedWith(code, signal));
    }
  };
  lines.once('close', finish);
  endAfter(GRACE, finish);
});
