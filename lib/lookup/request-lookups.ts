import type { ReportLookupFailure } from '../logging/lookup-failure.js';
import type { CorsTenantRequest } from '../options/index.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { CachedResult, LookupResult, OriginProvider, OriginResponder } from '../policy/origin-responder.js';
import type { MaybePromise } from '../support/maybe-promise.js';
import { subjectOf } from './origin-responders.js';

/** A lookup call that one request made, or the cached result that it used instead. */
export interface OriginLookupCall {
  /** The lookup's class, or where the function is written. */
  readonly subject: string;
  readonly tenant: string | undefined;
  readonly result: LookupResult;
  /** Where the result comes from: the application's code, the cache, or the list in memory. */
  readonly from: 'application' | CachedResult['from'];
  /** The age of the result in milliseconds; 0 for a new one. */
  readonly age: number;
}

/** Which field of the policy is called: `originLookup`, or a function in `origin`. */
type Field = keyof CompiledPolicy['responders'];

interface Call {
  readonly responder: OriginResponder;
  readonly field: Field;
  readonly policy: CompiledPolicy;
  readonly tenant: string | undefined;
  readonly origin: string;
  /** Replaced by its value when it has settled. */
  result: MaybePromise<LookupResult>;
  readonly cached: CachedResult | undefined;
}

/** The lookup calls of one request. Several candidate routes of a preflight, and then the guard, share them. */
export class RequestLookups {
  /** Undefined until the first call: most requests make none. */
  private calls: Call[] | undefined;
  /** Undefined unless policies derive tenants. */
  private tenants: { readonly policy: CompiledPolicy; readonly tenant: string | undefined }[] | undefined;

  /** @param isRecorded whether {@link transcript} is to tell where the results come from */
  constructor(
    private readonly report: ReportLookupFailure,
    private readonly isRecorded = false,
  ) {}

  /**
   * The result for the origin under the policy. Never throws and never rejects.
   * @param request the facts that the policy's tenant is derived from; read only when it has a `tenant` function
   */
  lookUp(
    field: Field,
    policy: CompiledPolicy,
    origin: string,
    request: () => CorsTenantRequest,
  ): MaybePromise<LookupResult> {
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
    const responder = policy.responders[field] as OriginResponder;
    const earlier = this.calls?.find(
      (call) =>
        call.responder === responder &&
        call.policy.name === policy.name &&
        call.tenant === tenant &&
        call.origin === origin,
    );
    if (earlier !== undefined) {
      return earlier.result;
    }
    const cached = this.isRecorded ? responder.cached(origin, tenant) : undefined;
    const result = responder.lookUp(origin, tenant);
    const call: Call = { responder, field, policy, tenant, origin, result, cached };
    if (this.calls === undefined) {
      // V8 reserves room for sixteen more elements when an empty array grows.
      this.calls = [call];
    } else {
      this.calls.push(call);
    }
    if (typeof result !== 'string') {
      void result.then((settled) => (call.result = settled));
    }
    return result;
  }

  /** The tenant of the calls under the policy; `undefined` where several routes of the policy have different tenants. */
  tenantUnder(policy: CompiledPolicy): string | undefined {
    const tenants = new Set(this.tenants?.filter((derived) => derived.policy === policy).map(({ tenant }) => tenant));
    return tenants.size === 1 ? [...tenants][0] : undefined;
  }

  /** All calls with their results, for explanations. */
  transcript(): Promise<readonly OriginLookupCall[]> {
    return Promise.all(
      (this.calls ?? []).map(async ({ field, policy, tenant, result, cached }) => ({
        subject: subjectOf(providerOf(policy, field), policy.label),
        tenant,
        result: await result,
        from: cached?.from ?? 'application',
        age: Math.round(cached?.age ?? 0),
      })),
    );
  }
}

function providerOf({ lookup, origin }: CompiledPolicy, field: Field): OriginProvider {
  return field === 'origin' && origin.kind === 'predicate' ? origin.predicate : (lookup as OriginProvider);
}
