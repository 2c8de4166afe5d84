import { type QuerySlot, QuerySlots } from './query-slots.js';

/** The highest default for the queries of a store, for large pools. */
const MOST_QUERIES = 4;

/** The shared slots of all stores over one pool. */
const slotsOfPools = new WeakMap<object, QuerySlots>();

/**
 * The slots of a store that shares a pool with the application. All stores over one pool together take at most half of its
 * connections, unless `maxQueries` of a store is higher.
 */
export class PoolSlots {
  /** How many queries of this store may run at once. */
  readonly most: number;
  private readonly own: QuerySlots;
  private readonly shared: QuerySlots;

  /**
   * @param pool the pool, as an identity
   * @param size the highest number of its connections
   * @param most how many queries may run at once. Default: half of the connections, at most 4.
   */
  constructor(pool: object, size: number, most: number | undefined) {
    const half = Math.max(1, Math.floor(size / 2));
    this.most = most ?? Math.min(MOST_QUERIES, half);
    this.own = new QuerySlots(this.most);
    this.shared = slotsOfPools.get(pool) ?? new QuerySlots(half);
    this.shared.raiseTo(Math.max(half, most ?? 0));
    slotsOfPools.set(pool, this.shared);
  }

  /** Whether an abandoned query of this store is still running. */
  get hasAbandoned(): boolean {
    return this.own.hasAbandoned;
  }

  /** As {@link QuerySlots.take}. An abandoned query does not stop other stores. */
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
