import { type PolicyName, type Ruling, policyNamed } from '../oracle/policies.js';

/** How long a session of socket.io lives that no one continues, in milliseconds. */
export const SESSION_LIFETIME = 24_000;

/** Where the application under test accepts sockets. */
export type PlaceName =
  | 'io'
  | 'io own port'
  | 'names'
  | 'names/pattern'
  | 'names/memory'
  | 'graphql'
  | 'own'
  | 'open'
  | 'live'
  | 'feed'
  | 'ws own port'
  | 'ws own port and path'
  | 'everything';

/** The servers of the application under test, in the order of their ports. */
export type ServerName = 'io' | 'io own port' | 'ws' | 'ws own port' | 'ws own port and path' | 'raw';

export const SERVERS: readonly ServerName[] = ['io', 'io own port', 'ws', 'ws own port', 'ws own port and path', 'raw'];

/** The policies of which one has to allow a socket; `undefined`: the application decides by itself. */
const POLICIES: Readonly<Record<Exclude<PlaceName, 'everything'>, readonly PolicyName[] | undefined>> = {
  io: ['list'],
  'io own port': ['lookup'],
  // The handshake is shared by two namespaces.
  names: ['pattern', 'memory'],
  'names/pattern': ['pattern'],
  'names/memory': ['memory'],
  graphql: ['graph'],
  own: ['default'],
  open: undefined,
  live: ['list'],
  feed: ['function'],
  'ws own port': ['lookup'],
  'ws own port and path': ['pattern'],
};

/** The words by which targets of the server that takes everything get another policy than the default one. */
const WORDS: Readonly<Record<string, PolicyName | undefined>> = {
  graphql: 'graph',
  memory: 'memory',
  assets: 'star',
  open: undefined,
};

const PLAIN_PATH = /^(?:\/[a-z]*)+$/;

/** @param url the target as Node.js has it */
export function policiesOf(place: PlaceName, url: string): readonly PolicyName[] | undefined {
  if (place !== 'everything') {
    return POLICIES[place];
  }
  const path = url.replace(/\?.*$/s, '');
  const first = path.split('/')[1] ?? '';
  if (PLAIN_PATH.test(path) && !path.includes('//')) {
    const name = Object.hasOwn(WORDS, first) ? WORDS[first] : 'default';
    return name === undefined ? undefined : [name];
  }
  // A target with several readings: whatever it may be taken for.
  const decoded = decodedOften(url).toLowerCase();
  const named = Object.entries(WORDS).filter(([word]) => decoded.includes(word));
  const names = named.map(([, name]) => name);
  return names.includes(undefined) ? undefined : [...(names as PolicyName[]), 'default'];
}

/** A target as the most generous reader takes it. */
export function decodedOften(url: string): string {
  let decoded = url;
  for (let round = 0; round < 4; round++) {
    decoded = decoded.replace(/%([0-9a-f]{2})/gi, (_, octet: string) =>
      String.fromCharCode(Number.parseInt(octet, 16)),
    );
  }
  return decoded;
}

/** Whether one of the policies allows the origin. */
export function rulingOf(names: readonly PolicyName[], origin: string, url: string): Ruling {
  const rulings = new Set(names.map((name) => policyNamed(name).allows(origin, url)));
  return rulings.has(true) ? true : rulings.has(undefined) ? undefined : false;
}
