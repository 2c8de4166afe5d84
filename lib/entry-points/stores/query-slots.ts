/** The place of one query among those that may be under way at once. */
export interface QuerySlot {
  /** The caller waits no longer, but the query may go on in the server. */
  abandon(): void;
  /** The query is over. Later calls do nothing. */
  free(): void;
}

/**
 * How many queries of one store may be under way. Queries beyond that wait in order. While an abandoned query is open, no
 * other query starts: a server that does not end a query would only collect more of them.
 */
export class QuerySlots {
  private underWay = 0;
  private abandoned = 0;
  private readonly waiting = new Set<() => void>();

  /** @param most how many queries may be under way at once */
  constructor(private most: number) {}

  /** Raises the bound to `most` where it is lower. */
  raiseTo(most: number): void {
    this.most = Math.max(this.most, most);
  }

  /** Whether a query was abandoned that is not over. */
  get hasAbandoned(): boolean {
    return this.abandoned > 0;
  }

  /**
   * Waits for a slot. The caller has to free it.
   *
   * @throws the signal's reason when it is aborted first; no slot is taken then
   */
  take(signal: AbortSignal): Promise<QuerySlot> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const abort = (): void => {
        this.waiting.delete(start);
        reject(signal.reason as Error);
      };
      const start = (): void => {
        this.waiting.delete(start);
        signal.removeEventListener('abort', abort);
        resolve(this.occupy());
      };
      signal.addEventListener('abort', abort);
      this.waiting.add(start);
      this.startWaiting();
    });
  }

  private occupy(): QuerySlot {
    this.underWay++;
    let state: 'awaited' | 'abandoned' | 'free' = 'awaited';
    return {
      abandon: () => {
        if (state === 'awaited') {
          state = 'abandoned';
          this.abandoned++;
        }
      },
      free: () => {
        if (state !== 'free') {
          this.abandoned -= state === 'abandoned' ? 1 : 0;
          state = 'free';
          this.underWay--;
          this.startWaiting();
        }
      },
    };
  }

  private startWaiting(): void {
    for (const start of this.waiting) {
      if (this.underWay >= this.most || this.abandoned > 0) {
        return;
      }
      start();
    }
  }
}
