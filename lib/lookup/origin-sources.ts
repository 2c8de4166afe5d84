import { AsyncResource } from 'node:async_hooks';
import type { OriginChange, OriginList, OriginLookup, OriginPredicate } from '../options/index.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { LookupSettings } from '../policy/lookup-options.js';
import { CallQueue } from './call-queue.js';
import { lifetimeOf } from './kept-answers.js';
import { LookupCache } from './lookup-cache.js';
import type { ReportLookupFailure } from '../logging/lookup-failure.js';
import { LookupChanges } from './lookup-changes.js';
import { OpenQuestions } from './open-questions.js';
import type { OriginAnswers } from './origin-answers.js';
import type { OriginSnapshot } from './origin-snapshot.js';
import type { Answer } from './question.js';
import { subjectOf } from './subject.js';
import { UncachedCalls } from './uncached-calls.js';

/** How many allowed origins of a function are remembered where there is no cache, whose `maxOrigins` would say so. */
const MAX_ALLOWED = 50_000;

/** Code of the application that knows about origins. */
export type OriginSource = OriginLookup | OriginList | OriginPredicate;

/**
 * Who answers for the application's code: a snapshot for a list, a cache for a lookup, the code itself for a function or
 * without a cache.
 */
export class OriginSources {
  private readonly open = new OpenQuestions();
  private readonly snapshots = new Map<OriginSource, OriginSnapshot>();
  private readonly caches = new Map<OriginSource, Map<string, LookupCache>>();
  private readonly uncached = new Map<OriginSource, Map<string, UncachedCalls>>();
  /** By lookup object, so that many policies ask no more than one, and a change costs the same for one and for many. */
  private readonly queues = new Map<OriginSource, CallQueue>();
  private readonly changes = new Map<OriginSource, LookupChanges>();
  /** Caches come into being with their first question, and must not keep the AsyncLocalStorage of its request. */
  private readonly outside = new AsyncResource('nestjs-cors:sources');

  constructor(
    private readonly settings: LookupSettings,
    private readonly report: ReportLookupFailure,
  ) {}

  /** From now on the snapshot answers for the list. */
  addSnapshot(list: OriginList, snapshot: OriginSnapshot): void {
    this.snapshots.set(list, snapshot);
  }

  get allSnapshots(): readonly OriginSnapshot[] {
    return [...this.snapshots.values()];
  }

  get allCaches(): readonly LookupCache[] {
    return [...this.caches.values()].flatMap((byPolicy) => [...byPolicy.values()]);
  }

  /** Who answers for a source, whatever the policy. */
  answeredBy(source: OriginSource): 'cache' | 'list' | 'application' {
    if (this.snapshots.has(source)) {
      return 'list';
    }
    return this.cacheSettingsOf(source) === undefined ? 'application' : 'cache';
  }

  /** How long the longest reading of a list took, in milliseconds; 0 for what is no list. */
  longestReadingOf(source: OriginSource): number {
    return this.snapshots.get(source)?.longestReading ?? 0;
  }

  /** What is kept for the source under a policy; `undefined` where every question is put to it. */
  answersOf(source: OriginSource, policy: CompiledPolicy): OriginAnswers | undefined {
    return this.snapshots.get(source) ?? this.cacheOf(source, policy);
  }

  /** Puts a question to the source itself. */
  ask(source: OriginSource, policy: CompiledPolicy, origin: string, tenant: string | undefined): Answer {
    const answers = this.answersOf(source, policy);
    return (answers ?? this.uncachedOf(source, policy)).ask(origin, tenant);
  }

  /** Forgets at once what is kept and a change concerns, and has lists read again. Settles when they were; never rejects. */
  async forget(change: OriginChange): Promise<void> {
    this.changes.forEach((changes) => changes.add(change));
    await Promise.all(this.allSnapshots.map((snapshot) => snapshot.refresh(change)));
  }

  /** A store tells of a change of its own, or, naming neither origin nor tenant, that there may have been some. */
  follow(change: OriginChange, source: OriginSource): void {
    const isGap = change.origin === undefined && change.tenant === undefined;
    if (isGap) {
      this.changes.get(source)?.addGap();
    } else {
      this.changes.get(source)?.add(change);
    }
    this.snapshots.get(source)?.follow(change);
  }

  /** Nobody waits for answers any more: the application has closed. */
  abandonQuestions(): void {
    this.open.abandon();
    this.queues.forEach((queue) => queue.close());
  }

  /** `undefined`: its answers are not kept. */
  private cacheSettingsOf(source: OriginSource): LookupSettings['cache'] {
    return typeof source === 'function' ? undefined : this.settings.cache;
  }

  private cacheOf(source: OriginSource, policy: CompiledPolicy): LookupCache | undefined {
    const settings = this.cacheSettingsOf(source);
    if (settings === undefined) {
      return undefined;
    }
    return ofPolicy(this.caches, source, policy.name, () =>
      this.outside.runInAsyncScope(() => {
        const changes = this.changes.get(source) ?? new LookupChanges(lifetimeOf(settings));
        this.changes.set(source, changes);
        return new LookupCache(this.questioned(source, policy), settings, this.queueOf(source), changes);
      }),
    );
  }

  private uncachedOf(source: OriginSource, policy: CompiledPolicy): UncachedCalls {
    const { cache } = this.settings;
    return ofPolicy(
      this.uncached,
      source,
      policy.name,
      () => new UncachedCalls(this.questioned(source, policy), this.queueOf(source), cache?.maxOrigins ?? MAX_ALLOWED),
    );
  }

  private queueOf(source: OriginSource): CallQueue {
    let queue = this.queues.get(source);
    if (queue === undefined) {
      const { timeout, concurrency, missesPerSecond } = this.settings;
      const own = (source as Partial<OriginLookup>).concurrency;
      queue = new CallQueue({ timeout, missesPerSecond, concurrency: own ?? concurrency });
      this.queues.set(source, queue);
    }
    return queue;
  }

  private questioned(source: OriginSource, policy: CompiledPolicy) {
    return {
      // Lists have their snapshot from the start: what gets here is a lookup or a function.
      source: source as OriginLookup | OriginPredicate,
      subject: subjectOf(source, policy.label),
      policy: policy.name,
      timeout: this.settings.timeout,
      report: this.report,
      open: this.open,
    };
  }
}

function ofPolicy<Kept>(
  all: Map<OriginSource, Map<string, Kept>>,
  source: OriginSource,
  policy: string,
  make: () => Kept,
): Kept {
  let byPolicy = all.get(source);
  if (byPolicy === undefined) {
    byPolicy = new Map();
    all.set(source, byPolicy);
  }
  let kept = byPolicy.get(policy);
  if (kept === undefined) {
    kept = make();
    byPolicy.set(policy, kept);
  }
  return kept;
}
