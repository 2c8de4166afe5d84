import type { CorsReason } from '../decision/reasons.js';
import type { CorsDecisionEvent, DecisionObserver } from './decision-event.js';

/** Several observers as one. What one of them throws is its own affair: it must not change the answer to a request. */
export class DecisionObservers implements DecisionObserver {
  private observers: readonly DecisionObserver[];

  constructor(observers: Iterable<DecisionObserver> = []) {
    this.observers = [...observers];
  }

  add(observer: DecisionObserver): void {
    this.observers = [...this.observers, observer];
  }

  remove(observer: DecisionObserver): void {
    this.observers = this.observers.filter((each) => each !== observer);
  }

  wants(reason: CorsReason): boolean {
    for (const observer of this.observers) {
      if (observer.wants(reason)) {
        return true;
      }
    }
    return false;
  }

  observe(event: CorsDecisionEvent): void {
    for (const observer of this.observers) {
      if (observer.wants(event.reason)) {
        try {
          observer.observe(event);
        } catch {
          // A logger or a devtools page that fails is no reason to fail a request.
        }
      }
    }
  }
}
