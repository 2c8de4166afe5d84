/** Who asks. */
export const APP = 'https://app.example.com';
export const EVIL = 'https://evil.example';

export const ROUTES = ['listed', 'public', 'everything'] as const;
export type Route = (typeof ROUTES)[number];

/** What the policies of the routes say, in the terms of what they put on the wire. */
const GRANTS: Record<Route, (origin: string | undefined) => Record<string, string | 'every name'>> = {
  listed: (origin) =>
    origin === APP
      ? {
          'access-control-allow-origin': APP,
          'access-control-allow-credentials': 'true',
          'access-control-expose-headers': 'X-Total,X-Page',
        }
      : {},
  public: () => ({ 'access-control-allow-origin': '*' }),
  everything: (origin) =>
    origin === APP ? { 'access-control-allow-origin': APP, 'access-control-expose-headers': 'every name' } : {},
};

/** The headers that the policies have the last word on. */
const GOVERNED = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
]);

/** Scripts may read these in any case, or in none, and the date is not always sent. */
const UNTOLD = new Set([
  ...['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma'],
  ...['set-cookie', 'connection', 'keep-alive', 'transfer-encoding', 'trailer', 'date'],
]);

export type Line = readonly [name: string, value: string];

/** The lines that a bare server's and the library's have in common. */
export function ungoverned(lines: readonly Line[]): Line[] {
  return lines.filter(([name]) => !GOVERNED.has(name.toLowerCase()) && name.toLowerCase() !== 'vary');
}

/** What is wrong with the CORS lines and `Vary` of a response, given the lines of a bare server. */
export function complaintsAbout(
  lines: readonly Line[],
  bare: readonly Line[],
  route: Route,
  origin: string | undefined,
): string[] {
  const complaints: string[] = [];
  const expected = GRANTS[route](origin);
  for (const name of GOVERNED) {
    const sent = valuesOf(lines, name);
    const value = expected[name];
    const right =
      value === 'every name'
        ? sent.length === 1 && same(namesOf(sent).filter(isTold), namesOf(lines.map(([each]) => each)).filter(isTold))
        : JSON.stringify(sent) === JSON.stringify(value === undefined ? [] : [value]);
    if (!right) {
      complaints.push(`${name}: ${JSON.stringify(sent)} instead of ${value ?? 'none'}`);
    }
  }
  const vary = namesOf(valuesOf(lines, 'vary'));
  const asked = namesOf([...valuesOf(bare, 'vary'), ...(route === 'public' ? [] : ['Origin'])]);
  if (!same(vary, asked.includes('*') ? ['*'] : asked) && !(vary.includes('*') && asked.includes('*'))) {
    complaints.push(`vary: ${vary.join()} instead of ${asked.join()}`);
  }
  return complaints;
}

function isTold(name: string): boolean {
  return !UNTOLD.has(name) && !name.startsWith('access-control-');
}

function valuesOf(lines: readonly Line[], name: string): string[] {
  return lines.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}

/** Names in comma-separated lists: in lower case, each once, sorted. */
function namesOf(lists: readonly string[]): string[] {
  const names = lists
    .join()
    .split(',')
    .map((name) => name.trim().toLowerCase());
  return [...new Set(names)].filter((name) => name !== '').sort();
}

function same(some: readonly string[], others: readonly string[]): boolean {
  return some.join() === others.join();
}
