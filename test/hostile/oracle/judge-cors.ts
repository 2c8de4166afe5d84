import type { Seen } from '../application/sight.js';
import { type Answer, valuesOf } from '../wire/answers.js';
import { type Expectation, expectedOfActual, expectedOfPreflight } from './expectations.js';
import { policyNamed } from './policies.js';
import { type Governing, isPreflight } from './routes.js';

/** What is wrong with the CORS headers of an answer, and with the status of a preflight's. */
export function judgeCors(answer: Answer, seen: Seen, under: Governing): string[] {
  const expected = isPreflight(seen) ? expectedPreflights(under, seen) : expectedActuals(under, seen);
  if (expected.some((each) => agrees(answer, seen, each))) {
    return [];
  }
  const said = answer.headers.filter(([name]) => name.startsWith('access-control-'));
  return [`${answer.status} ${JSON.stringify(said)}, expected one of ${JSON.stringify(expected.slice(0, 3))}`];
}

function expectedPreflights(under: Governing, seen: Seen): readonly Expectation[] {
  if (under.kind === 'method not routed') {
    return [{ status: 403 }];
  }
  const expected = under.names.flatMap((name) => expectedOfPreflight(policyNamed(name), seen));
  // A credentialed grant wins over another; of any policy at all, the path may also lack the method.
  return under.names.length > 2
    ? [...expected, { status: 403 }]
    : under.names.length === 2
      ? preferGrants(expected)
      : expected;
}

function preferGrants(expected: readonly Expectation[]): readonly Expectation[] {
  return expected.length === 2 && expected.some(({ allowOrigin }) => allowOrigin !== undefined)
    ? expected.filter(({ allowOrigin }) => allowOrigin !== undefined)
    : expected;
}

function expectedActuals(under: Governing, seen: Seen): readonly Expectation[] {
  const names = under.kind === 'policies' ? under.names : [];
  return names.flatMap((name) => expectedOfActual(policyNamed(name), seen));
}

function agrees({ headers, status, body }: Answer, seen: Seen, expected: Expectation): boolean {
  const value = (name: string): string | undefined => valuesOf(headers, `access-control-${name}`)[0];
  const granted = expected.allowOrigin !== undefined;
  const exposed = value('expose-headers');
  const age = value('max-age');
  return (
    value('allow-origin') === expected.allowOrigin &&
    value('allow-credentials') === (expected.credentials && 'true') &&
    value('allow-methods') === expected.methods &&
    value('allow-headers') === expected.headers &&
    (expected.exposed === 'all' ? isAllOf(exposed, headers) : exposed === expected.exposed) &&
    (age === undefined || (granted && isPreflight(seen) && /^\d{1,5}$/.test(age))) &&
    (expected.status === undefined || (status === expected.status && body === ''))
  );
}

function isAllOf(exposed: string | undefined, headers: Answer['headers']): boolean {
  const names = new Set(headers.map(([name]) => name));
  return exposed !== undefined && exposed.split(',').every((name) => names.has(name));
}
