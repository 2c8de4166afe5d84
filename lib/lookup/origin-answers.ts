import type { Answer } from './question.js';

/** An answer that is there without asking the application. */
export interface KeptAnswer {
  readonly from: 'cache' | 'list';
  /** How long ago it was given by the application, in milliseconds. */
  readonly age: number;
}

/** Answers in the place of an application's lookup or list. */
export interface OriginAnswers {
  readonly kind: 'cache' | 'list';
  ask(origin: string, tenant: string | undefined): Answer;
  /** The answer that would be given without asking the application, if there is one. */
  kept(origin: string, tenant: string | undefined): KeptAnswer | undefined;
}
