import type { ApplicationAnswer } from '../protocol/origin-verdict.js';
import { isOutage } from './kept-answers.js';
import type { LookupFailure } from './lookup-failure.js';
import { QuestionBudget } from './question-budget.js';
import type { Answer } from './question.js';
import { WaitingCalls } from './waiting-calls.js';

/** The fraction of places that calls about unknown origins leave to those about known ones. */
const RESERVED_FOR_KNOWN = 1 / 4;
/** A call that is never settled gives its place back after so many deadlines. */
const DEADLINES_OF_ABANDONED_CALLS = 10;

/** How much one lookup object may be asked. */
export interface CallLimits {
  /** How many calls may be under way at once. */
  readonly concurrency: number;
  /** How many calls a second may be made about origins without a cached result. */
  readonly missesPerSecond: number;
  /** Deadline of one call, and of waiting for one, in milliseconds. */
  readonly timeout: number;
}

/** Why a call is not made: `failing`: the store is out of order, and is left alone for now. */
export type TurnedAway = 'over-budget' | 'overloaded' | 'failing';

/** One call of the application's code, which may have to wait for its turn. */
export interface LookupCall {
  /** Whether there is a cached result, or was one: such calls come first. */
  readonly known: boolean;
  /** Makes the call. `onSettled` is to be told when the application's promise has settled, also after the deadline. */
  start(onSettled: () => void): Answer;
  turnAway(why: TurnedAway): void;
}

/** A call that is under way. */
interface Place {
  readonly since: number;
}

/**
 * The calls of one lookup object, whatever the policy: so many at once, known origins before unknown ones, the oldest call
 * first. A call that has missed its deadline keeps its place until the application's promise has settled.
 *
 * It tells overload from failure. A call that was not made, or not in time, while the store answered others says nothing about
 * the store.
 */
export class CallQueue {
  private readonly places = new Set<Place>();
  private readonly lanes: { readonly known: WaitingCalls<LookupCall>; readonly unknown: WaitingCalls<LookupCall> };
  private readonly misses: QuestionBudget;
  /** Calls that may fail a second. Known origins have no other budget, since each of them was allowed once. */
  private readonly failures: QuestionBudget;
  private answeredAt = -Infinity;
  /** What the last call ended with, when that is no result. */
  private failure: ApplicationAnswer | undefined;
  private closed = false;

  constructor(private readonly limits: CallLimits) {
    this.misses = new QuestionBudget(limits.missesPerSecond);
    this.failures = new QuestionBudget(limits.missesPerSecond);
    const newLane = (): WaitingCalls<LookupCall> =>
      new WaitingCalls(limits.timeout, (call, since, isStarted) => this.expire(call, since, isStarted));
    this.lanes = { known: newLane(), unknown: newLane() };
  }

  /** The result of the call: at once where it takes no I/O, or is not made. */
  run(call: LookupCall): Answer {
    const now = performance.now();
    if (call.known && this.failure !== undefined && !this.failures.take()) {
      call.turnAway('failing');
      return this.failure;
    }
    if (!call.known && !this.misses.take()) {
      call.turnAway('over-budget');
      return 'not-asked';
    }
    const lane = call.known ? this.lanes.known : this.lanes.unknown;
    this.startWaiting();
    if (lane.size === 0 && this.isPlaceFree(call.known)) {
      return this.start(call);
    }
    return lane.add(call) ?? this.expire(call, now, false);
  }

  /** Whether the store went on answering others in the second half of a call that began then and missed its deadline. */
  isServing(since: number): boolean {
    return this.answeredAt > since + this.limits.timeout / 2;
  }

  /** What to report of calls that are not made. */
  reasonFor(why: 'over-budget' | 'overloaded'): LookupFailure {
    const { missesPerSecond, concurrency, timeout } = this.limits;
    return why === 'over-budget'
      ? { kind: 'not-asked', missesPerSecond }
      : { kind: 'overloaded', concurrency, timeout };
  }

  /** Turns away all that wait: the application has closed. */
  close(): void {
    this.closed = true;
    this.lanes.known.clear();
    this.lanes.unknown.clear();
  }

  private start(call: LookupCall): Answer {
    const place: Place = { since: performance.now() };
    this.places.add(place);
    const result = call.start(() => this.leave(place));
    if (typeof result === 'string') {
      this.places.delete(place);
      // What is known at once costs the store nothing.
      this.budgetOf(call).giveBack();
      this.note(result, place.since);
      return result;
    }
    void result.then((given) => {
      this.note(given, place.since);
      if (!isOutage(given) && call.known) {
        this.failures.giveBack();
      } else if (given === 'allowed') {
        this.misses.giveBackForGrant();
      }
    });
    return result;
  }

  private budgetOf({ known }: LookupCall): QuestionBudget {
    return known ? this.failures : this.misses;
  }

  private leave(place: Place): void {
    if (this.places.delete(place)) {
      this.startWaiting();
    }
  }

  private startWaiting(): void {
    for (const kind of ['known', 'unknown'] as const) {
      const lane = this.lanes[kind];
      while (lane.size > 0 && this.isPlaceFree(kind === 'known')) {
        lane.startNext((call) => this.start(call));
      }
    }
  }

  private isPlaceFree(known: boolean): boolean {
    const { concurrency, timeout } = this.limits;
    const places = known ? concurrency : concurrency - Math.floor(concurrency * RESERVED_FOR_KNOWN);
    if (this.places.size < places) {
      return true;
    }
    const abandonedBefore = performance.now() - DEADLINES_OF_ABANDONED_CALLS * timeout;
    for (const place of this.places) {
      if (place.since > abandonedBefore) {
        break;
      }
      this.places.delete(place);
    }
    return this.places.size < places;
  }

  private note(result: ApplicationAnswer, since: number): void {
    if (!isOutage(result)) {
      this.answeredAt = performance.now();
      this.failure = undefined;
    } else if (result !== 'timed-out' || !this.isServing(since)) {
      this.failure = result;
    }
  }

  /** The result for who has waited in vain: a failure only where the store has answered nobody meanwhile. */
  private expire(call: LookupCall, since: number, isStarted: boolean): ApplicationAnswer {
    const failure = this.answeredAt < since ? this.failure : undefined;
    if (!isStarted) {
      this.budgetOf(call).giveBack();
    }
    if (!isStarted && !this.closed) {
      call.turnAway(failure === undefined ? 'overloaded' : 'failing');
    }
    return failure ?? 'not-asked';
  }
}
