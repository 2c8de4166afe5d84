import type { LookupResult } from '../policy/origin-responder.js';
import { TokenBucket } from './token-bucket.js';
import { KeySlots, type Tries, TurnedAwayKeys } from './turned-away.js';

/** How long an origin that the lookup has refused may not use the reserve, in milliseconds. */
const REFUSED_FOR = 30_000;
/** One call of this many is chosen by the order that was right less often. */
const EXPLORED = 8;
/** How much the last result counts in the success of an order. */
const WEIGHT = 1 / 16;

/**
 * Which unknown origins are looked up when more come than the bucket has tokens. Only one thing distinguishes an invented origin: a
 * client that invents many cannot go on sending each of them. The reserve of the bucket is for origins that were turned
 * away and come again, as in greylisting of mail (https://www.rfc-editor.org/rfc/rfc6647).
 */
export class UnknownOrigins {
  private readonly bucket: TokenBucket;
  private readonly turnedAway = new TurnedAwayKeys();
  private readonly order = new WaitingOrder();
  /** Origins that were refused while others were turned away, and when. */
  private refused: { readonly slots: KeySlots; readonly at: Float64Array } | undefined;

  constructor(perSecond: number) {
    this.bucket = new TokenBucket(perSecond);
  }

  /** The time until a waiting origin may be looked up, in milliseconds. */
  get pause(): number {
    return this.bucket.pause;
  }

  /** Whether a waiting origin may be looked up now. */
  get hasReserve(): boolean {
    return this.bucket.hasReserve;
  }

  /** Whether to look a key up now, or never; or the tries that decide how long it waits for {@link hasReserve}. */
  admit(key: string): 'now' | 'never' | Tries {
    const tries = this.wasRefused(key) ? undefined : this.turnedAway.sendAgain(key);
    if (tries === undefined) {
      return this.bucket.take() ? 'now' : 'never';
    }
    if (!this.bucket.takeReserved()) {
      return tries;
    }
    this.turnedAway.delete(key);
    return 'now';
  }

  /** Whether the waiting origin `a` is looked up before `b`. */
  isBefore(a: Tries, b: Tries): boolean {
    return this.order.isBefore(a, b);
  }

  /** A waiting key is looked up, by the order that is returned. {@link hasReserve} was true. */
  takeReserved(key: string): Order {
    this.bucket.takeReserved();
    this.turnedAway.delete(key);
    return this.order.choose();
  }

  giveBack(): void {
    this.bucket.giveBack();
  }

  turnAway(key: string): void {
    this.turnedAway.add(key);
  }

  /** @param order by which the key was chosen, if it has waited */
  learn(key: string, result: LookupResult, order: Order | undefined): void {
    if (result !== 'allowed' && result !== 'refused') {
      return;
    }
    if (order !== undefined) {
      this.order.learn(order, result === 'allowed');
    }
    if (result === 'refused' && !this.turnedAway.isEmpty) {
      const { slots, at } = (this.refused ??= { slots: new KeySlots(), at: new Float64Array(KeySlots.count) });
      at[slots.take(key)] = performance.now();
    }
  }

  private wasRefused(key: string): boolean {
    const slot = this.refused?.slots.find(key);
    return slot !== undefined && performance.now() - (this.refused?.at[slot] as number) < REFUSED_FOR;
  }
}

/** First the origin with the most tries, or the one that was seen first most recently. */
export type Order = 'most-tries' | 'newest';

/**
 * Which waiting origin is looked up first. No order is right for every flood. Most tries is right where each invented origin is
 * sent a few times, because real clients try more often. Newest is right where a fixed set of invented origins is sent over and
 * over, because it is older than real clients. So both orders are used, and the one that has found more allowed origins is used
 * more often.
 */
export class WaitingOrder {
  private readonly success: Record<Order, number> = { 'most-tries': 0.5, newest: 0.5 };
  private chosen = 0;

  /** The order for the next call. */
  get current(): Order {
    const isBetter = this.success['most-tries'] >= this.success.newest;
    const isExplored = this.chosen % EXPLORED === EXPLORED - 1;
    return isBetter === isExplored ? 'newest' : 'most-tries';
  }

  /** Whether `a` comes before `b` in the {@link current} order. */
  isBefore(a: Tries, b: Tries): boolean {
    if (this.current === 'most-tries') {
      return a.count > b.count;
    }
    // An origin that was sent twice at once and never again has not come back.
    const [aIsBack, bIsBack] = [a.count > 1, b.count > 1];
    return aIsBack === bIsBack ? a.since > b.since : aIsBack;
  }

  /** Chooses a call by the {@link current} order, which is returned. */
  choose(): Order {
    const order = this.current;
    this.chosen++;
    return order;
  }

  /** Notes the result of a call that was chosen by this order. */
  learn(order: Order, isAllowed: boolean): void {
    this.success[order] += (Number(isAllowed) - this.success[order]) * WEIGHT;
  }
}
