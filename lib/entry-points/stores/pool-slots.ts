import { type QuerySlot, QuerySlots } from './query-slots.js';

/** Most queries of a store by default, where the pool has many connections. */
const MOST_QUERIES = 4;

/** What the stores over one pool have under way together. */
const slotsOfPools = new WeakMap<object, QuerySlots>();

/**
 * The slots of one store that shares a pool with the application. All stores over one pool together take half of its
 * connections at most, unless one of them is told to have more.
 */
export class PoolSlots {
  /** How many queries of this store may be under way at once. */
  readonly most: number;
  private readonly own: QuerySlots;
  private readonly shared: QuerySlots;

  /**
   * @param pool what the connections come from, as an identity
   * @param size how many connections it has at most
   * @param most how many queries may be under way at once. Default: half of the connections, at most 4.
   */
  constructor(pool: object, size: number, most: number | undefined) {
    const half = Math.max(1, Math.floor(size / 2));
    this.most = most ?? Math.min(MOST_QUERIES, half);
    this.own = new QuerySlots(this.most);
    this.shared = slotsOfPools.get(pool) ?? new QuerySlots(half);
    this.shared.raiseTo(Math.max(half, most ?? 0));
    slotsOfPools.set(pool, this.shared);
  }

  /** Whether a query of this store was abandoned that is not over. */
  get hasAbandoned(): boolean {
    return this.own.hasAbandoned;
  }

  /** As {@link QuerySlots.take}. What one store has abandoned keeps no other store from starting. */
  async take(signal: AbortSignal): Promise<QuerySlot> {
    const own = await this.own.take(signal);
    let shared: QuerySlot;
    try {
      shared = await this.shared.take(signal);
    } catch (error) {
      own.free();
      throw error;
    }
    return {
      abandon: () => own.abandon(),
      free: () => {
        own.free();
        shared.free();
      },
    };
  }
}
