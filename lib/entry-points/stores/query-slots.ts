/** The permission for one query to run. */
export interface QuerySlot {
  /** The caller waits no longer, but the query may go on in the server. */
  abandon(): void;
  /** The query is over. Later calls do nothing. */
  free(): void;
}

/**
 * Bounds the running queries of one store. Others wait in order. While an abandoned query is running, no other query starts,
 * because a server that does not end one query would collect more of them.
 */
export class QuerySlots {
  private running = 0;
  private abandoned = 0;
  private readonly waiting = new Set<() => void>();

  /** @param most how many queries may run at once */
  constructor(private most: number) {}

  /** Raises the bound to `most` where it is lower. */
  raiseTo(most: number): void {
    this.most = Math.max(this.most, most);
  }

  /** Whether an abandoned query is still running. */
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
    this.running++;
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
          this.running--;
          this.startWaiting();
        }
      },
    };
  }

  private startWaiting(): void {
    for (const start of this.waiting) {
      if (this.running >= this.most || this.abandoned > 0) {
        return;
      }
      start();
    }
  }
}
