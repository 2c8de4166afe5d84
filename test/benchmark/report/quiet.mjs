import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

const WATCHED = 3_000;
/** The fraction of all cores that may be in use beside the benchmark, for a machine that counts as quiet. */
const MOST_IN_USE = 0.1;

/**
 * Watches the machine while the benchmark does nothing. The load average would not tell: it remembers the build, and the
 * parts of the benchmark before this one.
 *
 * @returns {Promise<{ busy: boolean, note: string }>} `busy`: absolute times are not to be published
 */
export async function watchMachine() {
  const before = times();
  await wait(WATCHED);
  const after = times();
  const inUse = (after.used - before.used) / (after.all - before.all);
  const busy = inUse > MOST_IN_USE;
  const percent = `${Math.round(inUse * 100)} %`;
  return {
    busy,
    note: `${busy ? 'Busy machine: other' : 'Other'} work used ${percent} of the cores when the measurement began.`,
  };
}

function times() {
  const all = cpus().map((core) => core.times);
  const sum = (of) => all.reduce((total, each) => total + of(each), 0);
  const idle = sum((each) => each.idle);
  const used = sum(({ user, nice, sys, irq }) => user + nice + sys + irq);
  return { used, all: used + idle };
}
