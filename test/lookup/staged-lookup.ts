import type { OriginLookup, OriginLookupContext } from '../../lib/options/index.js';
import { CallQueue } from '../../lib/lookup/call-queue.js';
import { lifetimeOf } from '../../lib/lookup/cached-results.js';
import { LookupCache } from '../../lib/lookup/lookup-cache.js';
import { LookupChanges } from '../../lib/lookup/lookup-changes.js';
import { OpenDeadlines } from '../../lib/lookup/deadline.js';
import type { ReportLookupFailure } from '../../lib/logging/lookup-failure.js';
import type { OriginCacheSettings } from '../../lib/policy/lookup-options.js';
import { LOOKUP_SETTINGS } from './settings.js';

/** A lookup that answers as the test says, and remembers what it was asked. */
export class StagedLookup implements OriginLookup {
  readonly calls: { readonly origin: string; readonly tenant: string | undefined }[] = [];

  constructor(public answer: (origin: string, context: OriginLookupContext) => unknown = () => Promise.resolve(true)) {}

  isOriginAllowed(origin: string, context: OriginLookupContext): boolean {
    this.calls.push({ origin, tenant: context.tenant });
    return this.answer(origin, context) as boolean;
  }
}

export const TIMEOUT = 1_000;
/** Figures that are told apart at a glance, without chance. */
export const CACHE_SETTINGS: OriginCacheSettings = {
  ...(LOOKUP_SETTINGS.cache as OriginCacheSettings),
  ttl: 10_000,
  refusalTtl: 2_000,
  jitter: 0,
  staleWhileRevalidate: 5_000,
  staleIfError: 60_000,
  retryInterval: 1_000,
};

export function cacheOf(
  lookup: StagedLookup,
  settings: Partial<OriginCacheSettings> = {},
  report: ReportLookupFailure = () => {},
  limits: { readonly concurrency?: number } = {},
): LookupCache {
  const target = {
    provider: lookup,
    subject: 'Origins',
    policy: 'default',
    timeout: TIMEOUT,
    report,
    open: new OpenDeadlines(),
  };
  const all = { ...CACHE_SETTINGS, ...settings };
  const { missesPerSecond, concurrency = 100 } = { ...all, ...limits };
  const changes = new LookupChanges(lifetimeOf(all));
  const queue = new CallQueue({ timeout: TIMEOUT, missesPerSecond, concurrency });
  return new LookupCache(target, all, queue, changes);
}
