import type { PolicyData } from '../documented/index.js';

/** The pages of these tests. `app` and the application belong to one site, so that its cookies are sent; `other` does not. */
export interface PageOrigins {
  readonly app: string;
  readonly other: string;
}

/** Where the applications are found: `app` is another origin of the same site. */
export const API_HOST = 'api.shop.localhost';

export function pageOrigins(port: number): PageOrigins {
  return { app: `http://app.shop.localhost:${port}`, other: `http://other.localhost:${port}` };
}

/** Policies under which the same resources are offered, by the first segment of their path. */
export function offeredPolicies({ app, other }: PageOrigins): Readonly<Record<string, PolicyData>> {
  return {
    none: {},
    disabled: { disabled: true },
    'this-origin': { origin: app },
    'this-origin-credentials': { origin: app, credentials: true },
    'other-origin-credentials': { origin: other, credentials: true },
    anyone: { origin: '*' },
    // What comes next to `'*'` with credentials, which the library refuses at boot.
    'function-credentials': { origin: { function: [app, other] }, credentials: true },
    'pattern-credentials': { origin: 'http://*.shop.localhost:*', credentials: true },
    'lookup-credentials': { lookup: [app], credentials: true },
    'strict-other-origin': { origin: other, credentials: true, rejectDisallowed: true },
  };
}
