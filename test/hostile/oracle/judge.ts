import type { Versions } from '../application/application.js';
import type { Seen } from '../application/sight.js';
import { type Answer, valuesOf } from '../wire/answers.js';
import { isFromBeforeTheApplication, isFromBeforeTheHook } from './early-answers.js';
import { judgeCors } from './judge-cors.js';
import { judgeVary } from './judge-vary.js';
import { type Governing, UNROUTED, anyPolicy, governingByHandler, governingByUrl, isPreflight } from './routes.js';

/** How an answer is to be counted. */
export type Kind =
  | 'preflight granted'
  | 'preflight refused'
  | 'actual granted'
  | 'actual for everyone'
  | 'actual refused'
  | 'actual without origin'
  | 'answered by the framework before its hooks'
  | 'answered by Node.js';

export interface Judgement {
  readonly kind: Kind;
  /** Whether it was beyond doubt which policy governs. */
  readonly exact: boolean;
  /** What breaks a promise; empty: nothing. */
  readonly complaints: readonly string[];
}

const KNOWN_HEADERS = new Set([
  ...['access-control-allow-credentials', 'access-control-allow-headers', 'access-control-allow-methods'],
  ...['access-control-allow-origin', 'access-control-expose-headers', 'access-control-max-age', 'allow'],
  ...[
    'cache-control',
    'connection',
    'content-length',
    'content-type',
    'date',
    'etag',
    'keep-alive',
    'transfer-encoding',
    'vary',
  ],
  ...['content-security-policy', 'x-content-type-options', 'x-powered-by', 'x-reached', 'x-seen'],
]);

/** Judges one answer, by what it answers and nothing else. @param governing if it is known from elsewhere */
export function judge(answer: Answer, versions: Versions, governing?: Governing): Judgement {
  const { seen } = answer;
  if (seen === undefined) {
    return { kind: 'answered by Node.js', exact: true, complaints: isFromBeforeTheApplication(answer) };
  }
  if (isFromBeforeTheHook(answer)) {
    const kind = 'answered by the framework before its hooks';
    return {
      kind,
      exact: true,
      complaints: [...judgeHead(answer), ...(hasCorsHeaders(answer) ? ['CORS headers'] : [])],
    };
  }
  const under = governing ?? governingOf(answer, seen, versions);
  const exact = under.kind === 'method not routed' || under.names.length === 1;
  const complaints = [...judgeHead(answer), ...judgeCors(answer, seen, under), ...judgeVary(answer, seen, under)];
  return { kind: kindOf(answer, seen), exact, complaints };
}

function governingOf(answer: Answer, seen: Seen, versions: Versions): Governing {
  const preflight = isPreflight(seen);
  const [reached] = preflight ? [] : valuesOf(answer.headers, 'x-reached');
  const name = reached === undefined ? undefined : governingByHandler(reached);
  if (name !== undefined) {
    return { kind: 'policies', names: [name] };
  }
  const byUrl = governingByUrl(preflight ? (seen.requestMethod[0] ?? '') : seen.method, seen, versions);
  return byUrl === anyPolicy && !preflight && answer.status === 404 ? UNROUTED : byUrl;
}

function kindOf(answer: Answer, seen: Seen): Kind {
  const [allowed] = valuesOf(answer.headers, 'access-control-allow-origin');
  if (isPreflight(seen)) {
    return allowed === undefined ? 'preflight refused' : 'preflight granted';
  }
  if (allowed !== undefined) {
    return allowed === '*' ? 'actual for everyone' : 'actual granted';
  }
  return seen.origin.length === 0 ? 'actual without origin' : 'actual refused';
}

function hasCorsHeaders({ headers }: Answer): boolean {
  return headers.some(([name]) => name.startsWith('access-control-'));
}

function judgeHead({ headers, status }: Answer): string[] {
  const complaints: string[] = [];
  const names = new Set<string>();
  for (const [name] of headers) {
    if (!KNOWN_HEADERS.has(name)) {
      complaints.push(`a header that nobody sends: ${name}`);
    }
    if (names.has(name)) {
      complaints.push(`two lines of ${name}`);
    }
    names.add(name);
  }
  // Refusals that may be gone with the next request are not to be kept; nothing else here says anything of caches.
  const [caching = 'no-store'] = valuesOf(headers, 'cache-control');
  if (caching !== 'no-store' || (names.has('cache-control') && names.has('access-control-allow-origin'))) {
    complaints.push(`Cache-Control: ${caching}`);
  }
  const failsOnPurpose = valuesOf(headers, 'x-reached')[0] === 'Failing.list';
  if (status >= 500 && !failsOnPurpose) {
    complaints.push(`status ${status}`);
  }
  return complaints;
}
