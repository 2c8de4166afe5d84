import type { Received } from '../../support/http-client.js';
import type { Blueprint } from './blueprint.js';
import type { ComposedCase } from './cases.js';
import { isGranted, isSteered, judgeActual, judgePreflight, reachedBy } from './oracle.js';
import { allows } from './policies.js';

/** What came back of a case: for each of its methods the preflight and the request. */
export interface Answers {
  readonly preflights: readonly [Received, Received];
  readonly actuals: readonly [Received, Received];
}

/** Judges what came back, each answer by itself and then what they say of each other. */
export function judgeComposed({ preflights, actuals }: Answers, asked: ComposedCase, blueprint: Blueprint): string[] {
  const single = asked.methods.flatMap((method, at) => [
    ...judgePreflight(preflights[at] as Received, asked).map((complaint) => `preflight of ${method}: ${complaint}`),
    ...judgeActual(actuals[at] as Received, method, asked, blueprint),
    ...judgePair(preflights[at] as Received, actuals[at] as Received, method, asked, blueprint),
  ]);
  return [
    ...single,
    ...(isUnknownMiddleware(actuals[1], asked, blueprint) ? [] : judgeCaching(preflights, actuals[1], asked)),
  ];
}

/** A preflight and its request are granted both or neither, where one policy and one reading governs both. */
function judgePair(
  preflight: Received,
  actual: Received,
  method: string,
  asked: ComposedCase,
  blueprint: Blueprint,
): string[] {
  const reached = reachedBy(actual, blueprint);
  const [meaning, ...others] = reached?.under ?? [];
  if (meaning === undefined || others.length > 0 || isSteered(blueprint, asked) || !asked.plain) {
    return [];
  }
  const names = asked.headers.map(([name]) => name).filter((name) => name !== 'cookie');
  const isAllowed =
    allows(meaning, asked.origin, method) &&
    names.every((name) => (meaning.headers === undefined ? !isSteeringName(name) : meaning.headers.includes(name)));
  // GET in `methods` may stand for HEAD, or not.
  const isOpen = method === 'HEAD' && meaning.methods !== undefined;
  return isGranted(preflight) === isAllowed || isOpen || (isAllowed && isNamedByEntry(reached?.by, asked, blueprint))
    ? []
    : [
        `${reached?.by} answers ${method}, whose preflight is ${isAllowed ? 'refused' : 'granted'} (${preflight.status})`,
      ];
}

/** Whether an entry names something at the target of a handler that catches everything: both have to allow a preflight. */
function isNamedByEntry(by: string | undefined, { target }: ComposedCase, { handlers, entries }: Blueprint): boolean {
  const handler = handlers[Number(by?.replace('handler ', ''))];
  const [asked = ''] = target.split('?');
  const isCovered = entries.some(({ path }) => asked === path || asked.startsWith(`${path}/`));
  return handler !== undefined && handler.path === '*' && isCovered;
}

function isSteeringName(name: string): boolean {
  return /^x-(?!one)|^forwarded$/.test(name);
}

/**
 * Whether middleware has answered that no router knows of, and that no entry names: what it serves cannot be told, as
 * SECURITY.md says.
 */
function isUnknownMiddleware(actual: Received, { target }: ComposedCase, { others, entries }: Blueprint): boolean {
  const [, number] = /^other (\d+)$/.exec(String(actual.headers['x-reached'] ?? '')) ?? [];
  const kind = others[Number(number)]?.kind;
  const [asked = ''] = target.split('?');
  const isNamed = entries.some(({ path }) => asked === path || asked.startsWith(`${path}/`));
  return kind !== undefined && !kind.startsWith('route') && !isNamed;
}

/** What a browser does without a second preflight must be granted one by the application itself, or run nothing. */
function judgeCaching(
  [first, second]: readonly [Received, Received],
  actual: Received,
  { methods: [method, other] }: ComposedCase,
): string[] {
  const isCached = isGranted(first) && first.headers['access-control-max-age'] !== '0';
  const runs = actual.headers['x-reached'] !== undefined;
  return isCached && runs && !isGranted(second) && method !== other
    ? [`a preflight of ${method} may be cached, and then ${other} runs, whose own preflight is refused`]
    : [];
}
