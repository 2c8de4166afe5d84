import { AsyncResource } from 'node:async_hooks';
import type { ApplicationAnswer } from '../decision/origin-verdict.js';
import { isOutage } from './kept-answers.js';
import type { LookupFailure } from '../logging/lookup-failure.js';
import { QuestionBudget } from './question-budget.js';
import type { Answer } from './question.js';
import type { Tries } from './turned-away.js';
import { UnknownOrigins } from './unknown-origins.js';
import { WaitingCalls } from './waiting-calls.js';
import type { Order } from './waiting-order.js';

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
  /** What it asks about: origin and tenant. */
  readonly key: string;
  /** Whether there is a cached result, or was one: such calls come first. */
  readonly known: boolean;
  /** Makes the call. `onSettled` is to be told when the application's promise has settled, also after the deadline. */
  start(onSettled: () => void): Answer;
  turnAway(why: TurnedAway): void;
}

interface ReturningCall extends LookupCall {
  readonly tries: Tries;
}

/** A call that is under way, and when it began. */
type Place = { readonly since: number };

/**
 * The calls of one lookup object, whatever the policy: so many at once, known origins before unknown ones, the oldest call
 * first. A call that has missed its deadline keeps its place until the application's promise has settled.
 *
 * It tells overload from failure. A call that was not made, or not in time, while the store answered others says nothing about
 * the store.
 */
export class CallQueue {
  private readonly places = new Set<Place>();
  private readonly known: WaitingCalls<LookupCall>;
  private readonly unknown: WaitingCalls<LookupCall>;
  /** Unknown origins that were turned away and are asked about again: they wait for the budget, too. */
  private readonly returning: WaitingCalls<ReturningCall>;
  private readonly misses: UnknownOrigins;
  private timer: NodeJS.Timeout | undefined;
  /** Calls that may fail a second. Known origins have no other budget, since each of them was allowed once. */
  private readonly failures: QuestionBudget;
  private answeredAt = -Infinity;
  private failure: ApplicationAnswer | undefined;
  private closed = false;

  constructor(private readonly limits: CallLimits) {
    this.misses = new UnknownOrigins(limits.missesPerSecond);
    this.failures = new QuestionBudget(limits.missesPerSecond);
    const newLane = <Call extends LookupCall>(isPaid: boolean): WaitingCalls<Call> =>
      new WaitingCalls<Call>(limits.timeout, (call, since, isStarted) => this.expire(call, since, isStarted, isPaid));
    this.known = newLane(true);
    this.unknown = newLane(true);
    this.returning = newLane(false);
  }

  /** The result of the call: at once where it takes no I/O, or is not made. */
  run(call: LookupCall): Answer {
    this.startWaiting();
    if (call.known) {
      if (this.failure !== undefined && !this.failures.take()) {
        call.turnAway('failing');
        return this.failure;
      }
      return this.startOrWait(call, this.known);
    }
    const admitted = this.misses.admit(call.key);
    switch (admitted) {
      case 'now':
        return this.startOrWait(call, this.unknown);
      case 'never':
        return this.refuse(call);
      default:
        return this.wait({ ...call, tries: admitted }, this.returning);
    }
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
    clearTimeout(this.timer);
    [this.known, this.unknown, this.returning].forEach((lane) => lane.clear());
  }

  private startOrWait(call: LookupCall, lane: WaitingCalls<LookupCall>): Answer {
    return lane.size === 0 && this.isPlaceFree(call.known) ? this.start(call) : this.wait(call, lane);
  }

  private wait<Call extends LookupCall>(call: Call, lane: WaitingCalls<Call>): Answer {
    // The call keeps the AsyncLocalStorage of its own request, also when another request's end starts it.
    const waiting = lane.add({ ...call, start: AsyncResource.bind(call.start) });
    if (waiting === undefined) {
      return this.expire(call, performance.now(), false, !('tries' in call));
    }
    this.awaitBudget();
    return waiting;
  }

  /** Has a timer only while calls wait for the budget. */
  private awaitBudget(): void {
    if (this.returning.size === 0) {
      clearTimeout(this.timer);
      this.timer = undefined;
    } else {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.startWaiting();
      }, this.misses.pause).unref();
    }
  }

  private refuse(call: LookupCall): ApplicationAnswer {
    this.misses.turnAway(call.key);
    call.turnAway('over-budget');
    return 'not-asked';
  }

  /** @param order by which the call was chosen, if it has waited for the budget */
  private start(call: LookupCall, order?: Order): Answer {
    const place: Place = { since: performance.now() };
    const result = call.start(() => this.leave(place));
    if (typeof result === 'string') {
      // What is known at once costs the store nothing.
      this.budgetOf(call).giveBack();
      this.note(result, place.since);
      return result;
    }
    this.places.add(place);
    void result.then((given) => {
      this.note(given, place.since);
      if (!call.known) {
        this.misses.learn(call.key, given, order);
      } else if (!isOutage(given)) {
        this.failures.giveBack();
      }
    });
    return result;
  }

  private budgetOf({ known }: LookupCall): Pick<QuestionBudget, 'giveBack'> {
    return known ? this.failures : this.misses;
  }

  private leave(place: Place): void {
    if (this.places.delete(place)) {
      this.startWaiting();
    }
  }

  private startWaiting(): void {
    if (this.known.size + this.unknown.size + this.returning.size === 0) {
      return;
    }
    while (this.startPaid(this.known) || this.startPaid(this.unknown) || this.startReturning()) {
      // Until no place is free, the budget is used up, or no call waits.
    }
    this.awaitBudget();
  }

  private startPaid(lane: WaitingCalls<LookupCall>): boolean {
    return lane.startNext(
      () => this.isPlaceFree(lane === this.known),
      (call) => this.start(call),
    );
  }

  private startReturning(): boolean {
    return this.returning.startNext(
      () => this.isPlaceFree(false) && this.misses.hasReserve,
      (call) => this.start(call, this.misses.takeReserved(call.key)),
      (call, older) => this.misses.isBefore(call.tries, older.tries),
    );
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

  /** The result of a call that has waited in vain: a failure only where the store has answered no other call meanwhile. */
  private expire(call: LookupCall, since: number, isStarted: boolean, isPaid: boolean): ApplicationAnswer {
    const failure = this.answeredAt < since ? this.failure : undefined;
    this.awaitBudget();
    if (!isStarted && isPaid) {
      this.budgetOf(call).giveBack();
    }
    if (!isStarted && !this.closed) {
      if (failure === undefined && !isPaid) {
        return this.refuse(call);
      }
      call.turnAway(failure === undefined ? 'overloaded' : 'failing');
    }
    return failure ?? 'not-asked';
  }
}
