import type { FetchRequest } from './fetch-request.js';
import { currentUrl } from './fetch-request.js';

/**
 * The steps of the standard at which a fetch can end in a network error.
 *
 * | step | what is wrong |
 * | --- | --- |
 * | `connection` | no server responded, or this browser cannot reach the host |
 * | `mode` | the request's `mode` does not allow this URL, or this `redirect` |
 * | `preflight-origin` | the preflight's response does not name the origin in `Access-Control-Allow-Origin` |
 * | `preflight-credentials` | ... does not have `Access-Control-Allow-Credentials: true` |
 * | `preflight-status` | ... has a status that is not 200 to 299 |
 * | `preflight-method` | ... does not grant the method |
 * | `preflight-header` | ... does not grant a header |
 * | `cors-check-origin` | the response does not name the origin in `Access-Control-Allow-Origin` |
 * | `cors-check-credentials` | ... does not have `Access-Control-Allow-Credentials: true` |
 * | `redirect-mode` | a redirect, and the request has `redirect: 'error'` |
 * | `redirect-location` | the `Location` is no URL, or not an http(s) one |
 * | `redirect-credentials` | the `Location` has a user name or a password in it |
 * | `redirect-count` | more than 20 redirects |
 * | `resource-policy` | a no-cors response with a `Cross-Origin-Resource-Policy` that excludes this origin |
 */
export const NETWORK_ERROR_STEPS = [
  'connection',
  'mode',
  'preflight-origin',
  'preflight-credentials',
  'preflight-status',
  'preflight-method',
  'preflight-header',
  'cors-check-origin',
  'cors-check-credentials',
  'redirect-mode',
  'redirect-location',
  'redirect-credentials',
  'redirect-count',
  'resource-policy',
] as const;

/** Where a fetch ended in a network error: see {@link NETWORK_ERROR_STEPS}. */
export type NetworkErrorStep = (typeof NETWORK_ERROR_STEPS)[number];

/** Ends a fetch from any depth of the algorithm. Becomes the result's `step` and `message`. */
export class FetchFailure extends Error {
  constructor(
    readonly step: NetworkErrorStep,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A failure that the CORS protocol demands, in the words of Chromium's console. Its tests compare every sentence with Chromium's.
 * @see https://source.chromium.org/chromium/chromium/src/+/main:third_party/blink/renderer/platform/loader/cors/cors_error_string.cc
 */
export function blockedByCors(request: FetchRequest, step: NetworkErrorStep, reason: string): FetchFailure {
  const [first, ...redirects] = request.urls;
  const from = redirects.length === 0 ? '' : ` (redirected from '${first.href}')`;
  const target = `Access to fetch at '${currentUrl(request).href}'${from} from origin '${request.origin}'`;
  return new FetchFailure(step, `${target} has been blocked by CORS policy: ${reason}`);
}
