/**
 * Why a lookup, an origin function or a tenant function returned no usable result. Each refuses the origin, unless that
 * `keepsAccess` by a cached result.
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

/** Reports a failure of `subject`, which names the lookup or function. The origin is passed so that it can be kept out of the log. */
export type ReportLookupFailure = (subject: string, failure: LookupFailure, origin: string) => void;
