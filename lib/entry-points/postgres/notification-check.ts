import { createHash, type Hash } from 'node:crypto';
import { NotificationLog } from './notification-log.js';
import { catalogQuery, triggerFindings, type TriggerCatalog } from './notifying-triggers.js';

/** How long a notification may arrive after its row was read, in milliseconds. */
const GRACE = 1000;
/** How often triggers are checked while the store listens, in milliseconds. */
const INTERVAL = 60_000;

/** Runs one statement, and returns its rows. */
type Query = (text: string, signal: AbortSignal) => Promise<readonly unknown[]>;

/**
 * Finds changes of a table without notifications: by its triggers, and by readings that differ although nothing was notified.
 * It only logs.
 */
export class NotificationCheck {
  private readonly log: NotificationLog;
  /** The number of notified changes. */
  private heard = 0;
  private listening = false;
  private timer: NodeJS.Timeout | undefined;
  private stop = new AbortController();
  private isTable = true;
  private last: { readonly digest: string; readonly heard: number } | undefined;

  /** @param table quoted */
  constructor(
    private readonly table: string,
    private readonly channel: string,
    private readonly query: Query,
  ) {
    this.log = new NotificationLog(table);
  }

  /** A change was notified. */
  readonly onChange = (): void => {
    this.heard++;
  };

  /** The store has started or stopped to listen. */
  readonly onListening = (now: boolean): void => {
    if (now === this.listening) {
      return;
    }
    this.listening = now;
    this.stop.abort();
    clearInterval(this.timer);
    if (now) {
      this.stop = new AbortController();
      const { signal } = this.stop;
      void this.checkTriggers(signal);
      this.timer = setInterval(() => void this.checkTriggers(signal), INTERVAL).unref();
    }
  };

  /** Never rejects. */
  async checkTriggers(signal: AbortSignal): Promise<void> {
    try {
      const [row] = (await this.query(catalogQuery(this.table), signal)) as readonly { readonly found?: unknown }[];
      this.isTable = row !== undefined;
      if (row !== undefined) {
        this.log.found(triggerFindings(JSON.parse(String(row.found)) as TriggerCatalog, this.table, this.channel));
      }
    } catch {
      // The next query in the same database reports the problem.
    }
  }

  /** Starts to follow a reading of all rows. */
  startReading(): Reading {
    return new Reading(this.heard, (digest, heardBefore) => this.compare(digest, heardBefore));
  }

  private compare(digest: string, heardBefore: number): void {
    const { last } = this;
    this.last = { digest, heard: heardBefore };
    if (last === undefined || last.digest === digest) {
      return;
    }
    const isUnexplained = (): boolean => this.isTable && this.listening && this.heard === last.heard;
    if (isUnexplained()) {
      setTimeout(() => {
        if (isUnexplained()) {
          this.log.unexplained();
        }
      }, GRACE).unref();
    }
  }
}

/** One reading of all rows, in the order of their ids. */
export class Reading {
  private readonly hash: Hash = createHash('sha256');

  constructor(
    private readonly heardBefore: number,
    private readonly end: (digest: string, heardBefore: number) => void,
  ) {}

  add(page: readonly { readonly origin: unknown; readonly tenant: unknown }[]): void {
    this.hash.update(page.map(({ origin, tenant }) => `${String(origin)}\0${String(tenant)}\n`).join(''));
  }

  /** The reading is complete. */
  complete(): void {
    this.end(this.hash.digest('base64'), this.heardBefore);
  }
}
