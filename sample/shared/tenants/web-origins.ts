import type { WebPages } from '../pages/web-pages.js';

/** The tenants that there are on the first start, each with a shop. */
export const tenants: readonly string[] = ['acme', 'globex'];

/** Where a tenant's own web page is. */
export interface Shop {
  readonly tenant: string;
  readonly origin: string;
}

/** The origins of the pages that come with a sample. */
export interface WebOrigins {
  readonly shops: readonly Shop[];
  /** Where the operator of the service has a page. */
  readonly console: string;
}

/** @param pages a shop for each tenant, and then the console */
export function webOriginsOf({ origins }: WebPages): WebOrigins {
  return {
    shops: tenants.map((tenant, index) => ({ tenant, origin: origins[index] ?? '' })),
    console: origins[tenants.length] ?? '',
  };
}
