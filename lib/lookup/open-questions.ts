import type { Deadline } from './deadline.js';

/** The questions that wait for an answer of the application, so that none of them outlives it. */
export class OpenQuestions {
  private readonly deadlines = new Set<Deadline>();
  private abandoned = false;

  /** Whether nobody waits for answers any more: there is nothing to report then. */
  get areAbandoned(): boolean {
    return this.abandoned;
  }

  add(deadline: Deadline): void {
    this.deadlines.add(deadline);
  }

  delete(deadline: Deadline): void {
    this.deadlines.delete(deadline);
  }

  /** The application has closed: aborts the signals of all, and lets go of their timers. */
  abandon(): void {
    this.abandoned = true;
    for (const deadline of this.deadlines) {
      deadline.expire();
    }
    this.deadlines.clear();
  }
}
