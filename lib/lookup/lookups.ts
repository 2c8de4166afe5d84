import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { ListLog, type ListEvent } from '../logging/list-log.js';
import { LookupFailureLog } from '../logging/lookup-failure-log.js';
import type { OriginChange, OriginList, OriginLookup } from '../options/index.js';
import { MAX_CONCURRENCY } from '../policy/lookup-options.js';
import { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { isIntegerWithin } from '../support/in-range.js';
import { describeError, describeFailure, maskedCause } from '../support/log-line.js';
import { quoted } from '../support/quoted.js';
import { printable } from '../support/secrets/printable.js';
import { ChangeListener } from './origin-changes.js';
import { OriginResponders, subjectOf } from './origin-responders.js';
import { OriginSnapshot } from './origin-snapshot.js';

type LookupOrList = OriginLookup | OriginList;

/**
 * The lookups and lists of the running application: reads the lists before the application listens, follows all changes, and
 * ends everything when the application closes.
 */
@Injectable()
export class CorsLookups implements OnApplicationShutdown, OnModuleDestroy {
  readonly responders: OriginResponders;
  /** Logs why a lookup, an origin function or a tenant function returned no usable result. */
  readonly report = new LookupFailureLog().report;

  private readonly logger = new Logger('CorsModule');
  private readonly providers = new Set<LookupOrList>();
  private readonly listeners: ChangeListener[] = [];
  /** Whether the lists were read, or the application starts without them, so that lookups and lists give results. */
  isStarted = false;

  constructor(@Inject(CorsPolicyRegistry) private readonly registry: CorsPolicyRegistry) {
    this.responders = new OriginResponders(registry.catalog.lookups, this.report);
  }

  /** @throws TypeError when a lookup's own `concurrency` is not a number of calls */
  add(providers: Iterable<LookupOrList>): void {
    const { lists } = this.registry.catalog.lookups;
    const allowedCodes = [...this.registry.policies].flatMap(({ fields }) => fields.dangerouslyAllow.value);
    for (const provider of new Set(providers)) {
      checkConcurrency(provider);
      this.providers.add(provider);
      if (isList(provider)) {
        const { report } = new ListLog();
        const reportUnlessThrown = (subject: string, event: ListEvent): void => {
          // A failure that ends the boot is logged as the error that `start()` throws.
          if (this.isStarted || event.kind !== 'failed' || lists.onBootFailure !== 'fail') {
            report(subject, event);
          }
        };
        const subject = subjectOf(provider, 'a policy');
        const snapshot = new OriginSnapshot(provider, subject, lists, reportUnlessThrown, allowedCodes);
        this.responders.addSnapshot(provider, snapshot);
      }
    }
  }

  /** @throws Error when a list cannot be read, unless `lists.onBootFailure` says to start without it */
  async start(): Promise<void> {
    // Before the first reading, so that no change between the two is missed.
    this.providers.forEach((provider) => this.follow(provider));
    const failures = await Promise.all(
      this.responders.allSnapshots.map((snapshot) =>
        snapshot.start().then(
          () => [],
          (error: unknown) => [{ snapshot, error }],
        ),
      ),
    );
    const [failure] = failures.flat();
    if (failure !== undefined && this.registry.catalog.lookups.lists.onBootFailure === 'fail') {
      this.onModuleDestroy();
      throw new Error(
        `${failure.snapshot.subject} could not be read, so the application does not start: ` +
          `${printable(describeFailure(failure.error), 1000).replace(/\.$/, '')}. To start all the same, with the origins of unread lists refused, ` +
          "set lists: { onBootFailure: 'start-closed' } in CorsModule.forRoot().",
        { cause: maskedCause(failure.error) },
      );
    }
    this.isStarted = true;
  }

  onModuleDestroy(): void {
    this.listeners.forEach((listener) => listener.stop());
    this.responders.allSnapshots.forEach((snapshot) => snapshot.stop());
  }

  /** Nest has closed all connections by now. Until then, lookups still answer the requests under way. */
  onApplicationShutdown(): void {
    this.responders.close();
  }

  private follow(provider: LookupOrList): void {
    const changes: unknown = provider.changes ?? undefined;
    if (changes === undefined) {
      return;
    }
    const subject = subjectOf(provider, 'a policy');
    if (!isObservable(changes)) {
      this.onModuleDestroy();
      throw new TypeError(
        `The changes of ${subject} cannot be subscribed to: return an Observable of rxjs, such as a Subject.`,
      );
    }
    const onError = (error: unknown): void => {
      const line =
        `The changes of ${subject} ended with an error, and are subscribed to again: ` +
        `answers may be as old as the cache or the list allows until then. ${describeError(error)}`;
      this.logger.error(printable(line, 1000));
    };
    const listener = new ChangeListener(changes, (change) => this.responders.follow(change, provider), onError);
    this.listeners.push(listener);
    listener.start();
  }
}

function checkConcurrency(provider: LookupOrList): void {
  const { concurrency } = provider as { readonly concurrency?: unknown };
  const isNumber = typeof concurrency === 'number' && isIntegerWithin(concurrency, 1, MAX_CONCURRENCY);
  if (concurrency !== undefined && !isNumber) {
    throw new TypeError(
      `The concurrency of ${subjectOf(provider, 'a policy')} must be an integer from 1 to ${MAX_CONCURRENCY}; got ` +
        `${quoted(concurrency)}. Return how many calls may be under way at once, or leave it out for lookupConcurrency.`,
    );
  }
}

function isObservable(changes: unknown): changes is Observable<OriginChange> {
  return typeof (changes as Partial<Observable<OriginChange>>).subscribe === 'function';
}

/** A class that is both is read as a list, whose decisions need no I/O. */
function isList(provider: LookupOrList): provider is OriginList {
  return typeof (provider as Partial<OriginList>).loadOrigins === 'function';
}
