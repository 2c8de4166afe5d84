import type { OriginLookup, OriginLookupContext, OriginPredicate, TenantRequest } from '../interfaces/index.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { ApplicationAnswer } from '../protocol/origin-verdict.js';
import { Deadline } from './deadline.js';
import type { ReportLookupFailure } from './lookup-failure.js';
import { isThenable } from './thenable.js';

type Answer = ApplicationAnswer | Promise<ApplicationAnswer>;
type Source = OriginLookup | OriginPredicate;

const EXPIRED = Symbol('expired');

/** A question that was put to the application's own code. */
export interface AskedQuestion {
  /** The lookup's class, or where the function is written. */
  readonly subject: string;
  readonly tenant: string | undefined;
  readonly answer: ApplicationAnswer;
}

interface Asked {
  readonly subject: string;
  readonly source: Source;
  readonly policy: string;
  readonly tenant: string | undefined;
  readonly origin: string;
  readonly answer: Answer;
}

/**
 * The questions that one request puts to the application's own code. However many parts of the library ask (several
 * candidate routes of a preflight, then the guard), the same question is put once.
 *
 * Fails closed: only `true` allows. An exception, a rejection, silence beyond the deadline and any other answer are
 * refusals, reported and never passed on. This class is also the seam for caches: they answer in the place of `put()`.
 */
export class OriginInquiry {
  private readonly asked: Asked[] = [];

  /** @param timeout deadline of one question, in milliseconds */
  constructor(
    private readonly timeout: number,
    private readonly report: ReportLookupFailure,
  ) {}

  /**
   * What `source` says of the origin under the policy. Never throws and never rejects.
   * @param request the facts that the policy's tenant is derived from; read only when it has a `tenant` function
   */
  ask(source: Source, policy: CompiledPolicy, origin: string, request: () => TenantRequest): Answer {
    let tenant: string | undefined;
    if (policy.tenant !== undefined) {
      try {
        const derived: unknown = policy.tenant(request());
        if (derived !== undefined && typeof derived !== 'string') {
          this.report(`tenant of ${policy.label}`, { kind: 'tenant-not-string', tenant: derived }, origin);
          return 'tenant-failed';
        }
        tenant = derived;
      } catch (error) {
        this.report(`tenant of ${policy.label}`, { kind: 'tenant-threw', error }, origin);
        return 'tenant-failed';
      }
    }
    const earlier = this.asked.find(
      (asked) =>
        asked.source === source && asked.policy === policy.name && asked.tenant === tenant && asked.origin === origin,
    );
    if (earlier !== undefined) {
      return earlier.answer;
    }
    const subject = subjectOf(source, policy);
    const answer = this.put(source, subject, policy, origin, tenant);
    this.asked.push({ subject, source, policy: policy.name, tenant, origin, answer });
    return answer;
  }

  /** What was asked, and how it was answered: for people who want to know why. */
  transcript(): Promise<readonly AskedQuestion[]> {
    return Promise.all(
      this.asked.map(async ({ subject, tenant, answer }) => ({ subject, tenant, answer: await answer })),
    );
  }

  private put(
    source: Source,
    subject: string,
    policy: CompiledPolicy,
    origin: string,
    tenant: string | undefined,
  ): Answer {
    const deadline = new Deadline(this.timeout);
    const context: OriginLookupContext = {
      tenant,
      policy: policy.name,
      get signal() {
        return deadline.signal;
      },
    };
    let answer: unknown;
    try {
      answer = typeof source === 'function' ? source(origin, context) : source.isOriginAllowed(origin, context);
      if (!isThenable(answer)) {
        return this.judge(answer, subject, origin);
      }
    } catch (error) {
      this.report(subject, { kind: 'threw', error }, origin);
      return 'failed';
    }
    return deadline
      .race<unknown>(answer, () => EXPIRED)
      .then(
        (value) => this.judge(value, subject, origin),
        (error: unknown) => {
          this.report(subject, { kind: 'threw', error }, origin);
          return 'failed';
        },
      );
  }

  private judge(answer: unknown, subject: string, origin: string): ApplicationAnswer {
    if (typeof answer === 'boolean') {
      return answer ? 'allowed' : 'refused';
    }
    if (answer === EXPIRED) {
      this.report(subject, { kind: 'timed-out', timeout: this.timeout }, origin);
      return 'timed-out';
    }
    this.report(subject, { kind: 'not-boolean', answer }, origin);
    return 'not-boolean';
  }
}

/** What to call the application's code in a log line: its class, else where it is written. */
function subjectOf(source: Source, policy: CompiledPolicy): string {
  if (typeof source === 'function') {
    return `origin function of ${policy.label}`;
  }
  const className = (source as { constructor?: { name?: string } }).constructor?.name;
  return className === undefined || className === 'Object' ? `originLookup of ${policy.label}` : className;
}
