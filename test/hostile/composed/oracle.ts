import type { Received } from '../../support/http-client.js';
import { type Blueprint, type HandlerBlueprint, type OtherBlueprint, isCatchAll } from './blueprint.js';
import { STEERING } from './changes.js';
import type { ComposedCase } from './cases.js';
import { EVIL, MEANINGS, type Meaning, allows, defaultMeaning } from './policies.js';
import type { Writing } from './writing.js';

/** Who says that it answered, and under which policies that may have been. */
interface Reached {
  readonly by: string;
  /** One for a handler of Nest's; several where a catch-all of Nest's and a `paths` entry both lay claim to a path. */
  readonly under: readonly Meaning[];
  readonly writing: Writing;
}

/** What the response itself says of who wrote it; `undefined`: nobody that the blueprint knows. */
export function reachedBy({ headers }: Received, blueprint: Blueprint): Reached | undefined {
  const [kind, number] = String(headers['x-reached'] ?? '').split(' ');
  if (kind === 'handler') {
    const { policy, writing } = blueprint.handlers[Number(number)] as HandlerBlueprint;
    return { by: `${kind} ${number}`, under: [MEANINGS[policy]], writing };
  }
  if (kind === 'other') {
    const other = blueprint.others[Number(number)] as OtherBlueprint;
    return { by: `${kind} ${number}`, under: meaningsOf(other, blueprint), writing: other.writing };
  }
  return undefined;
}

/** The longest `paths` entry around it, or else the default; whoever catches everything may have a say as well. */
function meaningsOf({ path }: OtherBlueprint, { entries, rejects, handlers }: Blueprint): Meaning[] {
  const [entry] = entries
    .filter((each) => path === each.path || path.startsWith(`${each.path}/`))
    .sort((one, two) => two.path.length - one.path.length);
  const around = handlers.filter((each) => isCatchAll(each) || isAround(each.path, path));
  return [
    entry === undefined ? defaultMeaning(rejects) : MEANINGS[entry.policy],
    ...around.map(({ policy }) => MEANINGS[policy]),
  ];
}

/** Whether a handler's pattern also takes the path, or what is below it. */
function isAround(pattern: string, path: string): boolean {
  const [first] = path.slice(1).split('/');
  return pattern !== 'a' && pattern.split('/')[0] === first;
}

/** Whether something may have sent the request elsewhere than its preflight and its first reading said. */
export function isSteered({ changes, trustsProxy }: Blueprint, { headers, target }: ComposedCase): boolean {
  const has = (name: string): boolean => headers.some(([each]) => each === name);
  return (
    (changes.includes('method-override') && has('x-http-method-override')) ||
    (changes.includes('original-url') && has('x-original-url')) ||
    (changes.includes('prefix') && target.startsWith('/prefix/')) ||
    (trustsProxy && has('x-forwarded-host'))
  );
}

/** What breaks a promise in the response to an actual request. */
export function judgeActual(received: Received, method: string, asked: ComposedCase, blueprint: Blueprint): string[] {
  const reached = reachedBy(received, blueprint);
  const { status } = received;
  const complaints = [...judgeAnyway(received, asked), ...(status >= 500 ? [`status ${status}`] : [])];
  if (reached === undefined) {
    return complaints;
  }
  const { under, by } = reached;
  const steered = isSteered(blueprint, asked) || !asked.plain;
  const allowing = under.filter(
    (meaning) => allows(meaning, asked.origin, method) || steeredMethod(meaning, asked, steered),
  );
  const granted = received.headers['access-control-allow-origin'];
  const about = (what: string): string => `${by} answers ${method}, ${what}`;
  if (
    granted !== undefined &&
    !allowing.some((meaning) => granted === (meaning.origins === '*' ? '*' : asked.origin))
  ) {
    complaints.push(about(`which its policy does not let ${asked.origin} read: it has "${granted}"`));
  }
  if (granted === undefined && allowing.length === under.length && !steered) {
    complaints.push(about(`which its policy lets ${asked.origin} read: it has no grant`));
  }
  const credentialed = allowing.some(({ credentials }) => credentials);
  if (received.headers['access-control-allow-credentials'] !== undefined && !credentialed) {
    complaints.push(about('credentials are granted, which its policy does not'));
  }
  // Where somebody else's code sends a request to somebody else's answer, there is no moment to reject it.
  const isOutOfHands = isSteered(blueprint, asked) && by.startsWith('other');
  if (allowing.length === 0 && under.every(({ rejects }) => rejects) && !isOutOfHands) {
    complaints.push(about('although its policy rejects what it does not allow'));
  }
  return [...complaints, ...judgeWritten(received, reached, granted !== undefined && !steered).map(about)];
}

/** A method that was overridden: the policy may have been asked for the one or the other. */
function steeredMethod(meaning: Meaning, { origin }: ComposedCase, steered: boolean): boolean {
  return steered && (meaning.methods ?? ['GET']).some((method) => allows(meaning, origin, method));
}

/** What came of the writer's own header lines, and of what the library has to add to them. */
function judgeWritten({ headers, rawHeaders }: Received, { under, writing }: Reached, granted: boolean): string[] {
  const valuesOf = (name: string): string[] =>
    rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
  const complaints: string[] = [];
  const vary = valuesOf('vary').join(',').toLowerCase().split(/[ ,]+/);
  if (under.every(({ origins }) => origins !== '*' && origins.length > 0) && !vary.includes('origin')) {
    complaints.push(`Vary is "${vary.join(', ')}"`);
  }
  if (writing.vary !== undefined && !vary.includes('accept')) {
    complaints.push(`Vary has lost Accept: "${vary.join(', ')}"`);
  }
  if (valuesOf('x-after').join() !== 'yes' || valuesOf('x-tags').join(', ') !== writing.tags.join(', ')) {
    complaints.push(`the headers are not those that were written: ${JSON.stringify(rawHeaders)}`);
  }
  const exposed = headers['access-control-expose-headers']?.toLowerCase();
  const exposing = under.filter(({ exposesAll }) => exposesAll);
  if (exposed !== undefined && exposing.length === 0) {
    complaints.push(`"${exposed}" is exposed, which its policy does not`);
  }
  if (granted && exposing.length === under.length && !exposed?.split(/[ ,]+/).includes('x-after')) {
    complaints.push(`"${exposed}" is all that is exposed`);
  }
  return complaints;
}

/** What holds of every response, whoever wrote it. */
export function judgeAnyway({ headers, rawHeaders }: Received, { origin }: ComposedCase): string[] {
  const lines = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  const twice = lines.filter((name, at) => name.startsWith('access-control-') && lines.indexOf(name) < at);
  const granted = headers['access-control-allow-origin'];
  return [
    ...(twice.length > 0 ? [`two lines of ${twice.join(', ')}`] : []),
    ...(granted === '*' && headers['access-control-allow-credentials'] !== undefined ? ["credentials beside '*'"] : []),
    ...(granted !== undefined && granted !== '*' && granted !== origin ? [`a grant to ${granted}`] : []),
    ...(granted === EVIL ? [`a grant to ${EVIL}`] : []),
  ];
}

/** What breaks a promise in the answer to a preflight. */
export function judgePreflight(received: Received, asked: ComposedCase): string[] {
  const steering = asked.headers.filter(([name]) => STEERING.includes(name)).map(([name]) => name);
  return [
    ...judgeAnyway(received, asked),
    ...(received.headers['x-reached'] === undefined ? [] : ['a preflight has reached a handler']),
    ...(isGranted(received) && steering.length > 0 ? [`a preflight grants ${steering.join(', ')}`] : []),
  ];
}

export function isGranted({ status, headers }: Received): boolean {
  return status < 300 && headers['access-control-allow-origin'] !== undefined;
}
