/** Where a browser does not do what the standard says. Each is measured by a test of its own. */
export interface Quirks {
  /**
   * Grants outlive the failure of the request that they were for. Main fetch of the standard: "If
   * corsWithPreflightResponse is a network error, then clear cache entries using request."
   */
  readonly keepsGrantsOfFailures?: boolean;
  /**
   * The grant of a later preflight takes the place of an earlier one's for the same URL and origin, where the standard adds
   * methods and header names to what there is.
   */
  readonly oneGrantPerUrl?: boolean;
  /**
   * A redirected request that needs a preflight, or has another method than before, is a new one for `Sec-Fetch-Site`, which
   * then knows nothing of the URLs before.
   */
  readonly forgetsRedirects?: boolean;
  /** Listeners on `XMLHttpRequest.upload` force a preflight only where there is a body to upload. */
  readonly uploadNeedsBody?: boolean;
  /** Requests with a conditional header (`If-Match`, …) ask anew: they pass all caches by, this one too. */
  readonly conditionalsAskAnew?: boolean;
  /** What was granted to `null` is not remembered, since two opaque origins are never the same. */
  readonly noGrantsForNull?: boolean;
}

export const CHROMIUM: Quirks = {
  keepsGrantsOfFailures: true,
  oneGrantPerUrl: true,
  forgetsRedirects: true,
  uploadNeedsBody: true,
  conditionalsAskAnew: true,
  noGrantsForNull: true,
};
