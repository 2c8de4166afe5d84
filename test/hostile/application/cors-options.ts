import type { CorsModuleOptions, OriginLookup } from '../../../lib/index.js';

/** Asked as a database is: the answer comes later, or never, or as an error. */
const databaseLookup: OriginLookup = {
  async isOriginAllowed(origin, { signal }) {
    await new Promise((resolve) => setImmediate(resolve));
    if (origin === 'https://throwing.example.org') {
      throw new Error('The database said no');
    }
    if (origin === 'https://silent.example.org') {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }
    return origin === 'https://looked-up.example.org';
  },
};

const memoryLookup: OriginLookup = {
  isOriginAllowed: (origin) => origin === 'https://remembered.example.org',
};

const tenantLookup: OriginLookup = {
  isOriginAllowed: (origin, { tenant }) => origin === `https://${tenant}.tenants.example.net`,
};

/**
 * The policies of the application under test, one of each kind; no origin is allowed by two of them, so that a grant
 * tells whose it is. What they mean is written anew in `oracle/policies.ts`: change both.
 */
export const corsOptions: CorsModuleOptions = {
  origin: 'https://default.example.com',
  credentials: true,
  lookupTimeout: 100,
  // Every question reaches the lookup: a budget would make the answers a matter of time.
  cache: { missesPerSecond: 1_000_000 },
  policies: {
    list: { origin: ['https://app.example.com', 'https://second.example.com:8443'], credentials: true },
    pattern: { origin: ['https://*.customer.example.com', 'https://ports.example.com:*'], exposedHeaders: ['x-total'] },
    regexp: { origin: /^https:\/\/(?:alpha|beta)\.regexp\.example\.com$/, credentials: true },
    star: { origin: '*' },
    lookup: { originLookup: databaseLookup, credentials: true },
    memory: { originLookup: memoryLookup },
    function: { origin: (origin) => Promise.resolve(origin === 'https://function.example.com'), credentials: true },
    tenant: { originLookup: tenantLookup, tenant: ({ params }) => params['tenant'] },
    reject: { origin: 'https://only.example.com', rejectDisallowed: true, credentials: true },
    exposing: { origin: 'https://exposing.example.com', exposedHeaders: 'all' },
    strict: {
      origin: 'https://strict.example.com',
      methods: ['GET', 'PUT'],
      allowedHeaders: ['x-one', 'x-two'],
      maxAge: 600,
      optionsSuccessStatus: 200,
    },
    graph: { origin: 'https://graph.example.com', credentials: true },
    none: { origin: false },
  },
  paths: [
    { path: '/graphql', policy: 'graph' },
    { path: '/assets', policy: 'star' },
  ],
};
