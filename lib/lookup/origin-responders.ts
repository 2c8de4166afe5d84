import { AsyncResource } from 'node:async_hooks';
import type { ReportLookupFailure } from '../logging/lookup-failure.js';
import type { OriginChange, OriginList, OriginLookup, OriginPredicate } from '../options/index.js';
import type { LookupSettings } from '../policy/lookup-options.js';
import type { BindResponder, OriginProvider } from '../policy/origin-responder.js';
import { lifetimeOf } from './cached-results.js';
import { CallQueue } from './call-queue.js';
import { OpenDeadlines } from './deadline.js';
import { LookupCache } from './lookup-cache.js';
import { LookupChanges } from './lookup-changes.js';
import type { OriginSnapshot } from './origin-snapshot.js';
import { UncachedCalls } from './uncached-calls.js';

/** How many allowed origins of a function are remembered where no `cache.maxOrigins` is set. */
const MAX_ALLOWED = 50_000;

/** The shared state of all policies of one lookup object or function, with the responder of each policy by its name. */
interface Provided {
  readonly queue: CallQueue;
  /** `undefined`: results are not cached. */
  readonly changes: LookupChanges | undefined;
  readonly responders: Map<string, LookupCache | UncachedCalls>;
}

/**
 * Receives changes. Results of lookups about the change have expired by then, and rows of lists are in force.
 * @param provider `undefined`: the change concerns every lookup and function
 */
export type ChangeObserver = (change: OriginChange, provider: OriginProvider | undefined) => void;

/** The responders of all lookups, lists and origin functions of the application. */
export class OriginResponders {
  private readonly open = new OpenDeadlines();
  private readonly snapshots = new Map<OriginProvider, OriginSnapshot>();
  private readonly provided = new Map<OriginProvider, Provided>();
  private readonly observers: ChangeObserver[] = [];
  /** A policy may be compiled, and bound, within the AsyncLocalStorage of a request. */
  private readonly outside = new AsyncResource('nestjs-cors:responders');

  constructor(
    private readonly settings: LookupSettings,
    private readonly report: ReportLookupFailure,
  ) {}

  /** The snapshot responds for the list from now on. */
  addSnapshot(list: OriginList, snapshot: OriginSnapshot): void {
    this.snapshots.set(list, snapshot);
    snapshot.onRead = (rows) => this.tell(rows, list);
  }

  /** @param observer must not throw */
  observe(observer: ChangeObserver): void {
    this.observers.push(observer);
  }

  get allSnapshots(): readonly OriginSnapshot[] {
    return [...this.snapshots.values()];
  }

  get allCaches(): readonly LookupCache[] {
    return [...this.provided.values()]
      .flatMap(({ responders }) => [...responders.values()])
      .filter((responder) => responder instanceof LookupCache);
  }

  /** The responder of a provider: a snapshot for a list, a cache for a lookup, else one that makes every call. */
  readonly bind: BindResponder = (provider, { name, label }) => {
    const snapshot = this.snapshots.get(provider);
    if (snapshot !== undefined) {
      return snapshot;
    }
    const { queue, changes, responders } = this.providedBy(provider);
    const known = responders.get(name);
    if (known !== undefined) {
      return known;
    }
    const { timeout, cache } = this.settings;
    const target = {
      provider: provider as OriginLookup | OriginPredicate,
      subject: subjectOf(provider, label),
      policy: name,
      timeout,
      report: this.report,
      open: this.open,
    };
    const responder =
      cache === undefined || changes === undefined
        ? new UncachedCalls(target, queue, cache?.maxOrigins ?? MAX_ALLOWED)
        : this.outside.runInAsyncScope(() => new LookupCache(target, cache, queue, changes));
    responders.set(name, responder);
    return responder;
  };

  /** Where the results of a provider come from. This is equal under every policy. */
  answeredBy(provider: OriginProvider): 'cache' | 'list' | 'application' {
    if (this.snapshots.has(provider)) {
      return 'list';
    }
    return this.isCached(provider) ? 'cache' : 'application';
  }

  /** How long the longest reading of a list took, in milliseconds; 0 for a lookup. */
  longestReadingOf(provider: OriginProvider): number {
    return this.snapshots.get(provider)?.longestReading ?? 0;
  }

  /** Drops the results that a change concerns, and has lists read again. Settles when they were read; never rejects. */
  async forget(change: OriginChange): Promise<void> {
    this.provided.forEach(({ changes }) => changes?.add(change));
    this.tell(change, undefined);
    await Promise.all(this.allSnapshots.map((snapshot) => snapshot.refresh(change)));
  }

  /** Applies a change that a store reports of itself. Without origin and tenant it is a gap: changes may have been missed. */
  follow(change: OriginChange, provider: OriginProvider): void {
    const changes = this.provided.get(provider)?.changes;
    if (change.origin === undefined && change.tenant === undefined) {
      changes?.addGap();
    } else {
      changes?.add(change);
    }
    const snapshot = this.snapshots.get(provider);
    if (snapshot === undefined) {
      this.tell(change, provider);
    } else {
      // Its observers are called when the changed rows have been read.
      snapshot.follow(change);
    }
  }

  private tell(change: OriginChange, provider: OriginProvider | undefined): void {
    this.observers.forEach((observer) => observer(change, provider));
  }

  /** Ends all calls: the application has closed. */
  close(): void {
    this.open.close();
    this.provided.forEach(({ queue }) => queue.close());
  }

  private isCached(provider: OriginProvider): boolean {
    return typeof provider !== 'function' && this.settings.cache !== undefined;
  }

  private providedBy(provider: OriginProvider): Provided {
    let provided = this.provided.get(provider);
    if (provided === undefined) {
      const { timeout, concurrency, missesPerSecond, cache } = this.settings;
      const own = (provider as Partial<OriginLookup>).concurrency;
      provided = {
        queue: new CallQueue({ timeout, missesPerSecond, concurrency: own ?? concurrency }),
        changes: cache && this.isCached(provider) ? new LookupChanges(lifetimeOf(cache)) : undefined,
        responders: new Map(),
      };
      this.provided.set(provider, provided);
    }
    return provided;
  }
}

/** The name of the application's code in log lines: its class, or else where it is written. */
export function subjectOf(provider: object, policyLabel: string): string {
  if (typeof provider === 'function') {
    return `origin function of ${policyLabel}`;
  }
  const className = (provider as { constructor?: { name?: string } }).constructor?.name;
  // A class expression may have no name.
  return className === undefined || className === '' || className === 'Object'
    ? `originLookup of ${policyLabel}`
    : className;
}
