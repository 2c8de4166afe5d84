import type { CorsTenantRequest } from '../options/index.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { ApplicationAnswer } from '../decision/origin-verdict.js';
import type { ReportLookupFailure } from '../logging/lookup-failure.js';
import type { KeptAnswer } from './origin-answers.js';
import type { OriginSource, OriginSources } from './origin-sources.js';
import type { Answer } from './question.js';
import { subjectOf } from './subject.js';

/** A question that was put to the application's own code, or to what is kept of its answers. */
export interface OriginLookupCall {
  /** The lookup's class, or where the function is written. */
  readonly subject: string;
  readonly tenant: string | undefined;
  readonly result: ApplicationAnswer;
  /** Who answered: the application's code, what the cache had kept of it, or the list in memory. */
  readonly from: 'application' | KeptAnswer['from'];
  /** How old the answer was, in milliseconds; 0 for one that the application gave now. */
  readonly age: number;
}

interface Asked {
  readonly source: OriginSource;
  readonly policy: CompiledPolicy;
  readonly tenant: string | undefined;
  readonly origin: string;
  /** Replaced by its value when it has settled, so that the same question is answered at once from then on. */
  answer: Answer;
  readonly kept: KeptAnswer | undefined;
}

/**
 * The questions that one request puts to the application's own code. However many parts of the library ask (several
 * candidate routes of a preflight, then the guard), the same question is put once.
 */
export class OriginInquiry {
  /** Most requests ask nothing. */
  private asked: Asked[] | undefined;
  /** Only where policies derive tenants. */
  private tenants: { readonly policy: CompiledPolicy; readonly tenant: string | undefined }[] | undefined;

  /** @param observed whether anyone will want to know who answered */
  constructor(
    private readonly sources: OriginSources,
    private readonly report: ReportLookupFailure,
    private readonly observed = false,
  ) {}

  /**
   * What `source` says of the origin under the policy. Never throws and never rejects.
   * @param request the facts that the policy's tenant is derived from; read only when it has a `tenant` function
   */
  ask(source: OriginSource, policy: CompiledPolicy, origin: string, request: () => CorsTenantRequest): Answer {
    let tenant: string | undefined;
    if (policy.tenant !== undefined) {
      try {
        const derived: unknown = policy.tenant(request());
        if (derived !== undefined && typeof derived !== 'string') {
          this.report(`tenant of ${policy.label}`, { kind: 'tenant-not-string', tenant: derived }, origin);
          return 'tenant-failed';
        }
        tenant = derived;
        (this.tenants ??= []).push({ policy, tenant });
      } catch (error) {
        this.report(`tenant of ${policy.label}`, { kind: 'tenant-threw', error }, origin);
        return 'tenant-failed';
      }
    }
    const earlier = this.asked?.find(
      (asked) =>
        asked.source === source &&
        asked.policy.name === policy.name &&
        asked.tenant === tenant &&
        asked.origin === origin,
    );
    if (earlier !== undefined) {
      return earlier.answer;
    }
    const kept = this.observed ? this.sources.answersOf(source, policy)?.kept(origin, tenant) : undefined;
    const answer = this.sources.ask(source, policy, origin, tenant);
    const asked: Asked = { source, policy, tenant, origin, answer, kept };
    if (this.asked === undefined) {
      // An array that begins with one element has no room for sixteen more.
      this.asked = [asked];
    } else {
      this.asked.push(asked);
    }
    if (typeof answer !== 'string') {
      void answer.then((settled) => (asked.answer = settled));
    }
    return answer;
  }

  /**
   * The tenant that was asked for under the policy. `undefined` without one, and where several routes of one policy have
   * tenants of their own, so that none of them is the tenant of the decision.
   */
  tenantUnder(policy: CompiledPolicy): string | undefined {
    const tenants = new Set(this.tenants?.filter((derived) => derived.policy === policy).map(({ tenant }) => tenant));
    return tenants.size === 1 ? [...tenants][0] : undefined;
  }

  /** What was asked, and how it was answered: for people who want to know why. */
  transcript(): Promise<readonly OriginLookupCall[]> {
    return Promise.all(
      (this.asked ?? []).map(async ({ source, policy, tenant, answer, kept }) => ({
        subject: subjectOf(source, policy.label),
        tenant,
        result: await answer,
        from: kept?.from ?? 'application',
        age: Math.round(kept?.age ?? 0),
      })),
    );
  }
}
