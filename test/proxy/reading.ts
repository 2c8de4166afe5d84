import type { Received } from '../support/http-client.js';
import { answeredTo } from './cached.application.js';
import type { CachedRoute } from './cached-routes.js';
import { ALLOWED, ALSO_ALLOWED } from './origins.js';

const LISTED: ReadonlySet<string | undefined> = new Set([ALLOWED, ALSO_ALLOWED]);

/** Whether the policy of a route lets this origin read, given what a lookup allows at the moment. */
export function mayRead({ readers }: CachedRoute, origin: string | undefined, lookedUp: ReadonlySet<string>): boolean {
  switch (readers) {
    case 'everybody':
      return true;
    case 'nobody':
      return false;
    case 'listed':
      return LISTED.has(origin);
    case 'listed and opaque':
      return LISTED.has(origin) || origin === 'null';
    case 'looked up':
      return origin !== undefined && lookedUp.has(origin);
  }
}

/**
 * What one URL has answered to whom, and what it may answer next. An origin may be given its own earlier answer, granted
 * or refused, and nobody else's.
 */
export class Reading {
  private readonly granted = new Set<string | undefined>();
  private readonly refused = new Set<string | undefined>();

  /** @param own origin of the proxy itself */
  constructor(
    private readonly route: CachedRoute,
    private readonly own: string,
  ) {}

  /** Has to be told before an origin asks: what its answer may be, from now on. */
  asks(origin: string | undefined, allowed: boolean): void {
    (allowed ? this.granted : this.refused).add(origin);
  }

  /** What is wrong with this answer to `origin`; `undefined`: nothing. */
  problem(origin: string | undefined, { headers, status }: Received): string | undefined {
    const allowOrigin = headers['access-control-allow-origin'];
    const allowCredentials = headers['access-control-allow-credentials'];
    if (this.route.readers === 'everybody') {
      return allowOrigin === '*' && allowCredentials === undefined ? undefined : `a public answer with ${allowOrigin}`;
    }
    // The library rejects before the application sees the request; no cache may keep that.
    const isRejected = status === 403 && headers['x-answered'] === undefined && headers['cache-control'] === 'no-store';
    if (this.route.readers !== 'nobody' && !isRejected && headers['x-answered'] !== answeredTo(origin)) {
      return `the answer to ${String(headers['x-answered'])}`;
    }
    if (allowOrigin === undefined && !this.refused.has(origin)) {
      return 'no grant, though this origin has never been refused';
    }
    if (allowOrigin !== undefined && (allowOrigin !== origin || !this.granted.has(origin))) {
      return `a grant to ${allowOrigin}`;
    }
    if (allowCredentials !== (allowOrigin !== undefined && this.route.credentials ? 'true' : undefined)) {
      return `Access-Control-Allow-Credentials: ${String(allowCredentials)}`;
    }
    const rejectable = this.refused.has(origin) && origin !== undefined && origin !== this.own;
    return status === 403 && !rejectable ? 'a 403 that was meant for somebody else' : undefined;
  }
}
