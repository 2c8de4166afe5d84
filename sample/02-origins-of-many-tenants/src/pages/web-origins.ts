/** Where a tenant's own web page is. */
export interface Shop {
  readonly tenant: string;
  readonly origin: string;
}

/** The origins of the pages that come with the sample. */
export interface WebOrigins {
  readonly shops: readonly Shop[];
  /** Where the operator of the service has the page that every tenant manages its origins on. */
  readonly console: string;
}
