const FIRST_DELAY = 100;
const MAX_DELAY = 5000;

/** A connection that lasted as long as this, in milliseconds, was a good one: the next failure is again the first. */
export const STABLE_AFTER = MAX_DELAY;

/**
 * How long to wait before connecting again, in milliseconds: twice as long every time, and up to half of it less at random,
 * so that instances that lost their connections together do not come back together.
 *
 * @param failures how many attempts have failed in a row, before this one
 */
export function reconnectDelay(failures: number, random: () => number = Math.random): number {
  return Math.min(MAX_DELAY, FIRST_DELAY * 2 ** failures) * (1 - random() / 2);
}
