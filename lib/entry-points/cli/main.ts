#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Message, MESSAGES, type TerminalFacts } from './process-messages.js';
import { timeoutText } from './timeout.js';

/** In ms. How much later than the application's process itself the command notices that time is over. */
const GRACE = 1000;
/** In ms. How long an application that has answered may take to close. */
const CLOSING_TIME = 5000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const { stdout } = process;
const facts: TerminalFacts = {
  isTTY: stdout.isTTY === true,
  columns: stdout.columns ?? 80,
  hasColors: stdout.isTTY === true && stdout.hasColors(),
};
// In a process of its own, which a synchronous loop of the application does not block, and whose file descriptor 1 is this one's 2.
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

/** The exit code that came with the answer; nothing that the application does afterwards changes it. */
let answered: number | undefined;
let signalled = false;
let isOver = false;
let timer: NodeJS.Timeout | undefined;
let waitsFor = '';

/** Ends when everything is written, and leaves no process behind, not even one that has ended and nothing has asked how. */
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

/** What is no message was written by the application, to a file descriptor that it did not open. */
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
    answered = message.code;
    stdout.write(message.text);
    endAfter(CLOSING_TIME, () => end(message.code));
  } else if (answered === undefined) {
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

/** The application may take signals for its own business, or be in a loop that hears of none. */
function pass(signal: NodeJS.Signals): void {
  if (signalled) {
    end(codeOf(signal));
    return;
  }
  signalled = true;
  application.kill(signal);
  endAfter(CLOSING_TIME, () => end(codeOf(signal)));
}

/** The exit code where the application's process has ended without an answer, never 0. */
function failedWith(code: number | null, signal: NodeJS.Signals | null): number {
  const where = waitsFor && ` in ${waitsFor}`;
  if (signal !== null) {
    process.stderr.write(`The application's process was ended by ${signal}${where}.\n`);
    return SIGNALS.some((known) => known === signal) ? codeOf(signal) : 2;
  }
  // Of 2, the process itself has said why.
  if (code !== 2) {
    process.stderr.write(
      `The application's process ended with exit code ${code}${where}, before there was an answer.\n`,
    );
  }
  return 2;
}

stdout.on('error', () => {
  // The reader has left: `nestjs-cors routes | head -1`.
  isOver = true;
  application.kill('SIGKILL');
  process.exit(answered ?? 0);
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
  // Lines that it wrote last may still be on their way; a process that it has started may hold the pipe open.
  const finish = (): void => {
    if (!isOver) {
      end(answered ?? failedWith(code, signal));
    }
  };
  lines.once('close', finish);
  endAfter(GRACE, finish);
});
