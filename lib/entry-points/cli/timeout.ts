import { quoted } from '../../support/quoted.js';
import type { BootPhase } from './boot-phase.js';
import { InputError } from './input-error.js';

const DEFAULT = 60;
const LONGEST = 3600;

/** The seconds of `--timeout`. @throws InputError for anything else */
export function readTimeout(written: string | undefined): number {
  const seconds = written === undefined ? DEFAULT : Number(written);
  if (!/^\d+(\.\d+)?$/.test(written ?? '1') || seconds < 1 || seconds > LONGEST) {
    throw new InputError(
      `--timeout must be a number from 1 to ${LONGEST} (seconds); got ${quoted(written)}. Write it: --timeout 120`,
    );
  }
  return seconds;
}

/** The message when the time is over. */
export function timeoutText(phase: string, seconds: number): string {
  return (
    `The command did not finish within ${seconds} s (--timeout): it waits for ${phase}. ` +
    `Make that end, or allow more time: --timeout ${Math.min(LONGEST, Math.ceil(seconds * 2))}`
  );
}

/** Settles as `pending` does. @throws InputError when the time is over. The timer keeps no process alive. */
export async function withinTimeout<T>(pending: Promise<T>, phase: BootPhase): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new InputError(timeoutText(phase.describe(), phase.timeout))),
      phase.remaining,
    ).unref();
  });
  try {
    return await Promise.race([pending, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
