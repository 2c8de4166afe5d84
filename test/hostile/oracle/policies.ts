/** Whether something is so; `undefined`: the promise leaves it open. */
export type Ruling = boolean | undefined;

/** What a policy of the application under test means, written anew: nothing here comes from the library. */
export interface Policy {
  /** Whether the policy allows the origin; of tenants also by the request's URL. */
  readonly allows: (origin: string, url: string) => Ruling;
  readonly credentials?: true;
  /** `Access-Control-Allow-Origin: *` to everybody. */
  readonly star?: true;
  readonly exposed?: 'all' | string;
  readonly methods?: readonly string[];
  /** Names that `Access-Control-Request-Headers` may have; absent: any. */
  readonly headers?: readonly string[];
  readonly successStatus?: number;
  /** 403 for cross-origin requests that it refuses. */
  readonly rejects?: true;
}

const exactly =
  (...origins: string[]) =>
  (origin: string): boolean =>
    origins.includes(origin);

/** Origins that a subdomain or a port certainly makes; what a browser can't have sent certainly is none. */
function isCustomer(origin: string): Ruling {
  if (/^https:\/\/(?:(?!xn--)[a-z0-9]{1,30}\.){1,5}customer\.example\.com$/.test(origin)) {
    return true;
  }
  if (/^https:\/\/ports\.example\.com(?::(?!443$)[1-9]\d{0,3})?$/.test(origin)) {
    return true;
  }
  const couldBe =
    (origin.startsWith('https://') && origin.endsWith('.customer.example.com')) ||
    /^https:\/\/ports\.example\.com:\d+$/.test(origin);
  return couldBe && isSerialized(origin) !== false ? undefined : false;
}

/** Names that are registered, and addresses. The URL parser takes more than these: what else it takes may be refused as well. */
const ORDINARY = /^[a-z]+:\/\/(?:(?:(?!xn--)[a-z0-9][a-z0-9-]{0,40}\.)*[a-z0-9-]{1,40}|\[[0-9a-f:]+\])(?::\d+)?$/;

/** Whether a browser can have sent it: what the URL parser makes of it is what it is. */
export function isSerialized(origin: string): Ruling {
  if (origin.length > 400) {
    return false;
  }
  try {
    const url = new URL(origin);
    if (/^(?:https?|wss?|ftp):$/.test(url.protocol)) {
      const isOrdinary = ORDINARY.test(origin) && url.hostname.length <= 253;
      return url.origin === origin && (isOrdinary || undefined);
    }
    return url.protocol === 'file:' ? false : undefined;
  } catch {
    return false;
  }
}

export const policies = {
  default: { allows: exactly('https://default.example.com'), credentials: true },
  list: { allows: exactly('https://app.example.com', 'https://second.example.com:8443'), credentials: true },
  pattern: { allows: isCustomer, exposed: 'x-total' },
  regexp: { allows: exactly('https://alpha.regexp.example.com', 'https://beta.regexp.example.com'), credentials: true },
  star: { allows: () => true, star: true },
  lookup: { allows: exactly('https://looked-up.example.org'), credentials: true },
  memory: { allows: exactly('https://remembered.example.org') },
  function: { allows: exactly('https://function.example.com'), credentials: true },
  tenant: {
    allows: (origin, url) => {
      const tenant = /^\/tenants\/([a-z0-9]+)\/items(?:$|\?)/.exec(url)?.[1];
      return tenant === undefined
        ? origin.endsWith('.tenants.example.net') && isSerialized(origin) !== false && undefined
        : origin === `https://${tenant}.tenants.example.net`;
    },
  },
  reject: { allows: exactly('https://only.example.com'), credentials: true, rejects: true },
  exposing: { allows: exactly('https://exposing.example.com'), exposed: 'all' },
  strict: {
    allows: exactly('https://strict.example.com'),
    methods: ['GET', 'PUT'],
    headers: ['x-one', 'x-two'],
    successStatus: 200,
  },
  graph: { allows: exactly('https://graph.example.com'), credentials: true },
  none: { allows: () => false },
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof policies;

export const policyNames = Object.keys(policies) as PolicyName[];

export function policyNamed(name: PolicyName): Policy {
  return policies[name];
}
