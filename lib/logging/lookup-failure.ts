/**
 * Why application code (a lookup, an origin function, a tenant function) gave no usable answer. Each of them is a refusal, except
 * of an origin that `keepsAccess` by a cached result.
 */
export type LookupFailure =
  | {
      readonly kind: 'threw';
      readonly error: unknown;
      readonly mayTakeCallback?: boolean;
      readonly keepsAccess?: boolean;
    }
  | { readonly kind: 'timed-out'; readonly timeout: number; readonly keepsAccess?: boolean }
  | { readonly kind: 'not-boolean'; readonly answer: unknown; readonly mayTakeCallback?: boolean }
  | { readonly kind: 'not-asked'; readonly missesPerSecond: number }
  | { readonly kind: 'overloaded'; readonly concurrency: number; readonly timeout: number }
  | { readonly kind: 'tenant-threw'; readonly error: unknown }
  | { readonly kind: 'tenant-not-string'; readonly tenant: unknown };

/** Is told of every failure: `subject` names the lookup or function, `origin` is there to be kept out of what is logged. */
export type ReportLookupFailure = (subject: string, failure: LookupFailure, origin: string) => void;
