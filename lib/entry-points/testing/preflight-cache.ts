import { currentUrl, type FetchRequest, requestOrigin } from './fetch-request.js';
import { corsUnsafeHeaderNames, isSafelistedMethod } from '../../fetch/safelist.js';

/** How long a grant without `Access-Control-Max-Age` is cached, in seconds: step 7.9 of CORS-preflight fetch. */
const DEFAULT_MAX_AGE = 5;
/** The longest time that Chromium caches a grant, in seconds. The standard leaves the limit to each browser. */
const MAX_MAX_AGE = 7200;

/**
 * Headers with which a request bypasses all caches; in Chromium and in Firefox that includes the preflight cache.
 * @see https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, "set httpRequest's cache mode to `no-store`"
 */
const CONDITIONAL_HEADER = /^if-(?:match|none-match|modified-since|unmodified-since|range)$/i;

/** The grant of one preflight. */
export interface PreflightGrant {
  readonly methods: readonly string[];
  readonly headerNames: readonly string[];
  /** Value of `Access-Control-Max-Age`. */
  readonly maxAge: string | undefined;
}

interface CacheEntry extends Omit<PreflightGrant, 'maxAge'> {
  readonly credentials: boolean;
  readonly expires: number;
}

/**
 * The grants of preflights, by origin and URL.
 *
 * It holds the latest grant of each key, as Chromium does. The standard adds new entries to old ones, but lets a browser
 * drop an entry at any time.
 *
 * @see https://fetch.spec.whatwg.org/#concept-cache
 */
export class PreflightCache {
  readonly #entries = new Map<string, CacheEntry>();

  /** @param now milliseconds of a clock */
  constructor(private readonly now: () => number) {}

  /** Whether a cached preflight covers everything for which this request needs permission. */
  covers(request: FetchRequest): boolean {
    const entry = this.#entries.get(keyOf(request));
    if (
      entry === undefined ||
      request.headers.some(([name]) => CONDITIONAL_HEADER.test(name)) ||
      entry.expires <= this.now() ||
      (!entry.credentials && request.credentials === 'include')
    ) {
      return false;
    }
    return (
      isMethodGranted(request.method, entry.methods, entry.credentials) &&
      corsUnsafeHeaderNames(request.headers).every((name) =>
        isHeaderGranted(name, entry.headerNames, entry.credentials),
      )
    );
  }

  store(request: FetchRequest, { methods, headerNames, maxAge }: PreflightGrant): void {
    const seconds = maxAge !== undefined && /^[0-9]+$/.test(maxAge) ? Number(maxAge) : DEFAULT_MAX_AGE;
    this.#entries.set(keyOf(request), {
      methods,
      headerNames,
      credentials: request.credentials === 'include',
      expires: this.now() + Math.min(seconds, MAX_MAX_AGE) * 1000,
    });
  }

  /** @see https://fetch.spec.whatwg.org/#concept-cache-clear */
  remove(request: FetchRequest): void {
    this.#entries.delete(keyOf(request));
  }

  clear(): void {
    this.#entries.clear();
  }
}

/** `*` is a method's name like any other when credentials are included. */
export function isMethodGranted(method: string, methods: readonly string[], credentials: boolean): boolean {
  return isSafelistedMethod(method) || methods.includes(method) || (!credentials && methods.includes('*'));
}

/**
 * `*` never covers `Authorization`.
 * @see https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
 */
export function isHeaderGranted(name: string, granted: readonly string[], credentials: boolean): boolean {
  return (
    granted.some((candidate) => candidate.toLowerCase() === name) ||
    (!credentials && name !== 'authorization' && granted.includes('*'))
  );
}

function keyOf(request: FetchRequest): string {
  const url = new URL(currentUrl(request));
  url.hash = '';
  return `${requestOrigin(request)} ${url.href}`;
}
