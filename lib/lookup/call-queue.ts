import { AsyncResource } from 'node:async_hooks';
import type { LookupFailure } from '../logging/lookup-failure.js';
import type { LookupResult } from '../policy/origin-responder.js';
import type { MaybePromise } from '../support/maybe-promise.js';
import { isOutage } from './lookup-call.js';
import { TokenBucket } from './token-bucket.js';
import type { Tries } from './turned-away.js';
import { type Order, UnknownOrigins } from './unknown-origins.js';
import { WaitingCalls } from './waiting-calls.js';

/** The fraction of places that only calls about known origins may take. */
const RESERVED_FOR_KNOWN = 1 / 4;
/** A call that never settles releases its place after this many deadlines. */
const DEADLINES_OF_ABANDONED_CALLS = 10;

/** The limits of the calls of one lookup object. */
export interface CallLimits {
  /** The most calls that are under way at once. */
  readonly concurrency: number;
  /** The most calls a second about origins without a cached result. */
  readonly missesPerSecond: number;
  /** The deadline of a call, and of waiting for it, in milliseconds. */
  readonly timeout: number;
}

/** Why a call is not made. `failing`: recent calls have failed, and too many would fail now. */
export type TurnedAway = 'over-budget' | 'overloaded' | 'failing';

/** A lookup call that may have to wait for its turn. */
export interface LookupCall {
  /** Origin and tenant, as a cache key. */
  readonly key: string;
  /** Whether there is or was an allowed result: such calls come first. */
  readonly known: boolean;
  /** Makes the call. Call `onSettled` when the application's promise has settled, also after the deadline. */
  start(onSettled: () => void): MaybePromise<LookupResult>;
  turnAway(why: TurnedAway): void;
}

/** A call about an unknown origin that was turned away before. */
interface ReturningCall extends LookupCall {
  readonly tries: Tries;
}

/** The place of a call under way. */
type Place = { readonly since: number };

/**
 * Limits the calls of one lookup object under all policies. Known origins come before unknown ones, older calls before newer ones.
 * A call that has missed its deadline keeps its place until the application's promise has settled.
 *
 * A call that is late while the lookup serves others is an overload, not a failure of the lookup.
 */
export class CallQueue {
  private readonly places = new Set<Place>();
  private readonly known: WaitingCalls<LookupCall>;
  private readonly unknown: WaitingCalls<LookupCall>;
  /** These wait for the reserve of the token bucket, too. */
  private readonly returning: WaitingCalls<ReturningCall>;
  private readonly misses: UnknownOrigins;
  private timer: NodeJS.Timeout | undefined;
  /** Limits failing calls about known origins, which have no other limit. */
  private readonly failing: TokenBucket;
  private answeredAt = -Infinity;
  private failure: LookupResult | undefined;
  private closed = false;

  constructor(private readonly limits: CallLimits) {
    this.misses = new UnknownOrigins(limits.missesPerSecond);
    this.failing = new TokenBucket(limits.missesPerSecond);
    const newLane = <Call extends LookupCall>(isPaid: boolean): WaitingCalls<Call> =>
      new WaitingCalls<Call>(limits.timeout, (call, since, isStarted) => this.expire(call, since, isStarted, isPaid));
    this.known = newLane(true);
    this.unknown = newLane(true);
    this.returning = newLane(false);
  }

  /** The result of the call; synchronous where the call is, or where it is not made. */
  run(call: LookupCall): MaybePromise<LookupResult> {
    this.startWaiting();
    if (call.known) {
      if (this.failure !== undefined && !this.failing.take()) {
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

  /** Whether another call was answered in the second half of a call that began then and missed its deadline. */
  isServing(since: number): boolean {
    return this.answeredAt > since + this.limits.timeout / 2;
  }

  /** The failure to report for a call that is not made. */
  reasonFor(why: 'over-budget' | 'overloaded'): LookupFailure {
    const { missesPerSecond, concurrency, timeout } = this.limits;
    return why === 'over-budget'
      ? { kind: 'not-asked', missesPerSecond }
      : { kind: 'overloaded', concurrency, timeout };
  }

  /** Turns away all waiting calls: the application has closed. */
  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    [this.known, this.unknown, this.returning].forEach((lane) => lane.clear());
  }

  private startOrWait(call: LookupCall, lane: WaitingCalls<LookupCall>): MaybePromise<LookupResult> {
    return lane.size === 0 && this.isPlaceFree(call.known) ? this.start(call) : this.wait(call, lane);
  }

  private wait<Call extends LookupCall>(call: Call, lane: WaitingCalls<Call>): MaybePromise<LookupResult> {
    // The call keeps the AsyncLocalStorage of its own request when the end of another request starts it.
    const waiting = lane.add({ ...call, start: AsyncResource.bind(call.start) });
    if (waiting === undefined) {
      return this.expire(call, performance.now(), false, !('tries' in call));
    }
    this.awaitReserve();
    return waiting;
  }

  /** Runs a timer while calls wait for the reserve. */
  private awaitReserve(): void {
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

  private refuse(call: LookupCall): LookupResult {
    this.misses.turnAway(call.key);
    call.turnAway('over-budget');
    return 'not-asked';
  }

  /** @param order by which the call was chosen, if it has waited for the reserve */
  private start(call: LookupCall, order?: Order): MaybePromise<LookupResult> {
    const place: Place = { since: performance.now() };
    const result = call.start(() => this.leave(place));
    if (typeof result === 'string') {
      // A synchronous result costs the store nothing.
      this.bucketOf(call).giveBack();
      this.note(result, place.since);
      return result;
    }
    this.places.add(place);
    void result.then((settled) => {
      this.note(settled, place.since);
      if (!call.known) {
        this.misses.learn(call.key, settled, order);
      } else if (!isOutage(settled)) {
        this.failing.giveBack();
      }
    });
    return result;
  }

  private bucketOf({ known }: LookupCall): Pick<TokenBucket, 'giveBack'> {
    return known ? this.failing : this.misses;
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
      // Ends when no place is free, the reserve is used up, or no call waits.
    }
    this.awaitReserve();
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

  private note(result: LookupResult, since: number): void {
    if (!isOutage(result)) {
      this.answeredAt = performance.now();
      this.failure = undefined;
    } else if (result !== 'timed-out' || !this.isServing(since)) {
      this.failure = result;
    }
  }

  /** The result for a caller whose deadline has passed: a failure only where no other call was answered meanwhile. */
  private expire(call: LookupCall, since: number, isStarted: boolean, isPaid: boolean): LookupResult {
    const failure = this.answeredAt < since ? this.failure : undefined;
    this.awaitReserve();
    if (!isStarted && isPaid) {
      this.bucketOf(call).giveBack();
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
