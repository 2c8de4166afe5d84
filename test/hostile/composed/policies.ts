import type { CorsPolicyDefinition } from '../../../lib/index.js';

/** What a policy means, written down beside its options: nothing here comes from the library. */
export interface Meaning {
  readonly options: CorsPolicyDefinition;
  /** `'*'`: whoever asks. */
  readonly origins: readonly string[] | '*';
  readonly credentials: boolean;
  /** Default: every method. */
  readonly methods?: readonly string[];
  /** Default: every header that does not steer routing. */
  readonly headers?: readonly string[];
  readonly exposesAll?: true;
  readonly rejects?: true;
}

/** The policies of composed applications. No origin is allowed by two of them, so that a grant tells whose it is. */
export const MEANINGS = {
  credentialed: {
    options: { origin: 'https://credentialed.test', credentials: true, maxAge: 600 },
    origins: ['https://credentialed.test'],
    credentials: true,
  },
  reading: {
    options: { origin: ['https://reading.test', 'https://reader.test'], methods: ['GET', 'PUT'], maxAge: 60 },
    origins: ['https://reading.test', 'https://reader.test'],
    credentials: false,
    methods: ['GET', 'PUT'],
  },
  open: { options: { origin: '*', maxAge: 600 }, origins: '*', credentials: false },
  rejecting: {
    options: { origin: 'https://rejecting.test', credentials: true, rejectDisallowed: true },
    origins: ['https://rejecting.test'],
    credentials: true,
    rejects: true,
  },
  exposing: {
    options: { origin: 'https://exposing.test', exposedHeaders: 'all' },
    origins: ['https://exposing.test'],
    credentials: false,
    exposesAll: true,
  },
  narrow: {
    options: { origin: 'https://narrow.test', allowedHeaders: ['x-one', 'content-type'], maxAge: 600 },
    origins: ['https://narrow.test'],
    credentials: false,
    headers: ['x-one', 'content-type'],
  },
  disabled: { options: { origin: false }, origins: [], credentials: false },
} as const satisfies Record<string, Meaning>;

export type PolicyName = keyof typeof MEANINGS;

export const POLICY_NAMES = Object.keys(MEANINGS) as PolicyName[];

/** The module's own level: what governs where nothing else does. */
export function defaultMeaning(rejects: boolean): Meaning {
  const options = { origin: 'https://default.test', credentials: true, rejectDisallowed: rejects };
  return { options, origins: ['https://default.test'], credentials: true, ...(rejects && { rejects }) };
}

export const EVIL = 'https://evil.test';

/** Origins to ask with: of every policy one, and what no policy lists. */
export const ORIGINS = [
  'https://default.test',
  ...Object.values(MEANINGS).flatMap(({ origins }) => (origins === '*' ? [] : [...origins])),
  EVIL,
  'null',
];

/** Whether the policy lets scripts of the origin read what a request of this method gets. */
export function allows({ origins, methods }: Meaning, origin: string, method: string): boolean {
  const isListed = origins === '*' || (origins as readonly string[]).includes(origin);
  const isMethod = methods === undefined || methods.includes(method) || (method === 'HEAD' && methods.includes('GET'));
  return isListed && isMethod;
}
