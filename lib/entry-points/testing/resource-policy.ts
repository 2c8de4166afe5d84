import { currentUrl, type FetchRequest } from './fetch-request.js';
import { headerValue } from './header-list.js';
import type { ReceivedHead } from './http-exchange.js';
import { FetchFailure } from './network-error.js';
import { relationTo } from './site.js';

/**
 * Keeps a no-cors response from pages that its `Cross-Origin-Resource-Policy` leaves out.
 * @see https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
 */
export function assertResourcePolicy(request: FetchRequest, { headers }: ReceivedHead): void {
  const policy = headerValue(headers, 'cross-origin-resource-policy');
  const relation = relationTo(request.origin, currentUrl(request));
  if (
    (policy === 'same-origin' && relation !== 'same-origin') ||
    (policy === 'same-site' && relation === 'cross-site')
  ) {
    const reason = `'${currentUrl(request).href}' has Cross-Origin-Resource-Policy: ${policy}, and the page is ${relation}.`;
    throw new FetchFailure('resource-policy', reason);
  }
}
