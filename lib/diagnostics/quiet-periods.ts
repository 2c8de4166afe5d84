/** How long a line stands for those that say the same, in milliseconds. */
const QUIET_PERIOD = 60_000;

/** Tells when a line about something that is part of the application may be written again: once a minute, whoever causes it. */
export class QuietPeriods {
  private readonly saidAt = new WeakMap<object, number>();

  /** Whether the last line about the subject is a minute old, or there is none; from now on there is one. */
  isOver(subject: object): boolean {
    const now = Date.now();
    if (now - (this.saidAt.get(subject) ?? -Infinity) < QUIET_PERIOD) {
      return false;
    }
    this.saidAt.set(subject, now);
    return true;
  }
}
