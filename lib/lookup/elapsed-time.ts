/** What the clock on the wall may gain on the monotonic one between two looks, when it is only adjusted, in milliseconds. */
const TOLERATED_GAIN = 500;

/**
 * Time in milliseconds that goes on while the machine sleeps, when `performance.now()` may stand still: the clock on the wall tells
 * how long that was. Setting that clock forward counts as a sleep, which makes cached results older; setting it back does nothing.
 */
export class ElapsedTime {
  private slept = 0;
  private ahead = Date.now() - performance.now();

  now(): number {
    const time = performance.now();
    const ahead = Date.now() - time;
    const gain = ahead - this.ahead;
    this.ahead = ahead;
    this.slept += gain > TOLERATED_GAIN ? gain : 0;
    return time + this.slept;
  }
}
