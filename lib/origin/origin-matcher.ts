/** A compiled list of allowed origins. */
export interface OriginMatcher {
  /** Whether `origin`, the raw value of a request's `Origin` header, is in the list. Never throws. */
  allows(origin: string): boolean;
}
