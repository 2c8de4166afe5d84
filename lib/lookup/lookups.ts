import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { ListLog } from '../logging/list-log.js';
import { describeError, describeFailure, maskedCause } from '../support/log-line.js';
import { LookupFailureLog } from '../logging/lookup-failure-log.js';
import type { Observable } from 'rxjs';
import type { OriginChange, OriginList, OriginLookup } from '../options/index.js';
import { ChangeListener } from './origin-changes.js';
import { OriginInquiry } from './origin-inquiry.js';
import { OriginSnapshot } from './origin-snapshot.js';
import { OriginSources } from './origin-sources.js';
import { subjectOf } from './subject.js';
import { printable } from '../support/secrets/printable.js';
import { MAX_CONCURRENCY } from '../policy/lookup-options.js';
import { isIntegerWithin } from '../support/in-range.js';
import { quoted } from '../support/quoted.js';

/**
 * The application's lookups and lists while it runs: reads the lists before the application listens, follows the changes
 * of all, and lets go of everything when the application closes.
 */
@Injectable()
export class CorsLookups implements OnApplicationShutdown, OnModuleDestroy {
  /** What is kept of their answers. */
  readonly sources: OriginSources;

  private readonly logger = new Logger('CorsModule');
  private readonly failures = new LookupFailureLog();
  private readonly listeners: ChangeListener[] = [];
  private isStarted = false;

  constructor(@Inject(CorsPolicyRegistry) private readonly registry: CorsPolicyRegistry) {
    this.sources = new OriginSources(registry.catalog.lookups, this.failures.report);
  }

  /**
   * What one request asks: one for all the decisions about it.
   * @param observed whether anyone will want to know who answered
   */
  startInquiry(observed: boolean): OriginInquiry {
    return new OriginInquiry(this.sources, this.failures.report, observed);
  }

  /** @throws Error when a list cannot be read, unless `lists.onBootFailure` says to start without it */
  async start(sources: ReadonlySet<OriginLookup | OriginList>): Promise<void> {
    const { lists } = this.registry.catalog.lookups;
    const tolerated = [...this.registry.policies].flatMap(({ fields }) => fields.dangerouslyAllow.value);
    for (const source of sources) {
      if (isList(source)) {
        const subject = subjectOf(source, 'a policy');
        const { report } = new ListLog();
        const quietly: typeof report = (name, event) => {
          // A failure that ends the boot is one line, which is that of the error.
          if (this.isStarted || event.kind !== 'failed' || lists.onBootFailure !== 'fail') {
            report(name, event);
          }
        };
        const snapshot = new OriginSnapshot(source, subject, lists, quietly, tolerated);
        this.sources.addSnapshot(source, snapshot);
      }
      this.checkConcurrency(source);
      // Before the first reading, so that nothing changes unheard between the two.
      this.follow(source);
    }
    const failures = await Promise.all(
      this.sources.allSnapshots.map((snapshot) =>
        snapshot.start().then(
          () => [],
          (error: unknown) => [{ snapshot, error }],
        ),
      ),
    );
    const [failure] = failures.flat();
    if (failure !== undefined && lists.onBootFailure === 'fail') {
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
    this.sources.allSnapshots.forEach((snapshot) => snapshot.stop());
  }

  /** Connections are closed by now. Until then, requests under way may still be answered by what lookups say. */
  onApplicationShutdown(): void {
    this.sources.abandonQuestions();
  }

  /** @throws TypeError when a lookup's own `concurrency` is no number of calls */
  private checkConcurrency(source: OriginLookup | OriginList): void {
    const { concurrency } = source as { readonly concurrency?: unknown };
    if (
      concurrency !== undefined &&
      !(typeof concurrency === 'number' && isIntegerWithin(concurrency, 1, MAX_CONCURRENCY))
    ) {
      this.onModuleDestroy();
      throw new TypeError(
        `The concurrency of ${subjectOf(source, 'a policy')} must be an integer from 1 to ${MAX_CONCURRENCY}; got ` +
          `${quoted(concurrency)}. Return how many calls may be under way at once, or leave it out for lookupConcurrency.`,
      );
    }
  }

  private follow(source: OriginLookup | OriginList): void {
    const changes: unknown = source.changes ?? undefined;
    if (changes === undefined) {
      return;
    }
    if (!isObservable(changes)) {
      this.onModuleDestroy();
      throw new TypeError(
        `The changes of ${subjectOf(source, 'a policy')} cannot be subscribed to: return an Observable of rxjs, such as a Subject.`,
      );
    }
    const listener = new ChangeListener(
      changes,
      (change) => this.sources.follow(change, source),
      (error) =>
        this.logger.error(
          printable(
            `The changes of ${subjectOf(source, 'a policy')} ended with an error, and are subscribed to again: ` +
              'answers may be as old as the cache or the list allows until then. ' +
              describeError(error),
            1000,
          ),
        ),
    );
    this.listeners.push(listener);
    listener.start();
  }
}

function isObservable(changes: unknown): changes is Observable<OriginChange> {
  return typeof (changes as Partial<Observable<OriginChange>>).subscribe === 'function';
}

/** What is both is read as a list: its decisions need no I/O. */
function isList(source: OriginLookup | OriginList): source is OriginList {
  return typeof (source as Partial<OriginList>).loadOrigins === 'function';
}
