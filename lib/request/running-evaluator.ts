import { Injectable } from '@nestjs/common';
import type { CorsEvaluator } from './evaluator.js';

/** The evaluator of the running application. Routes are known when Nest has registered them, which is later than providers. */
@Injectable()
export class RunningEvaluator {
  private started: CorsEvaluator | undefined;

  /** @throws Error before the application has bootstrapped */
  get evaluator(): CorsEvaluator {
    if (this.started === undefined) {
      throw new Error('CORS decisions are made when the application has bootstrapped, not before');
    }
    return this.started;
  }

  /** Whether the application has bootstrapped. */
  get isRunning(): boolean {
    return this.started !== undefined;
  }

  start(evaluator: CorsEvaluator): void {
    this.started = evaluator;
  }
}
