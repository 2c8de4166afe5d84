import { REQUESTS } from './requests.mjs';
import { adapterLabel } from './contenders.mjs';

const NO_WORSE = { express: 1, fastify: 1 };
const PREFLIGHT = { express: 0.3, fastify: 0.88 };

/** What the library is to cost at most: CPU of `name` over that of `base`, for one request. */
const AIMS = [
  { name: 'handler', base: 'floor', request: 'get-allowed', most: { express: 1.03, fastify: 1.04 } },
  { name: 'handler', base: 'floor', request: 'get-parametric', most: { express: 1.03, fastify: 1.04 } },
  { name: 'lookup', base: 'floor', request: 'get-allowed', most: { express: 1.04, fastify: 1.06 } },
  { name: 'snapshot', base: 'floor', request: 'get-allowed', most: { express: 1.04, fastify: 1.06 } },
  { name: 'enhancers', base: 'floor', request: 'get-allowed', most: { express: 1.1, fastify: 1.15 } },
  { name: 'handler', base: 'none', request: 'get-without', most: { express: 1.02, fastify: 1.08 } },
  { name: 'handler', base: 'built-in', request: 'get-allowed', most: NO_WORSE },
  { name: 'handler', base: 'built-in', request: 'get-parametric', most: NO_WORSE },
  { name: 'handler', base: 'built-in', request: 'get-without', most: NO_WORSE },
  { name: 'handler', base: 'built-in', request: 'get-connection', most: NO_WORSE },
  { name: 'handler', base: 'built-in', request: 'preflight-connection', most: NO_WORSE },
  { name: 'handler', base: 'built-in', request: 'preflight-granted', most: PREFLIGHT },
  { name: 'handler', base: 'built-in', request: 'preflight-refused', most: PREFLIGHT },
  { name: 'handler', base: 'built-in', request: 'preflight-granted-parameter', most: PREFLIGHT },
  { name: 'handler', base: 'built-in', request: 'preflight-refused-parameter', most: PREFLIGHT },
];

const NAMES = {
  handler: 'handler policy',
  enhancers: 'guard and interceptor',
  lookup: 'cached lookup',
  snapshot: 'list in memory',
  floor: 'the floor',
  'built-in': 'enableCors()',
  none: 'no CORS',
};

/**
 * Every aim beside what was measured, as rows of a table.
 *
 * @param {import('./results.mjs').Results | undefined} results
 */
export function judgedAims(adapter, results) {
  return AIMS.map(({ name, base, request, most }) => {
    const { label } = REQUESTS.find((each) => each.name === request);
    const what = `${label}: ${NAMES[name]} over ${NAMES[base]}`;
    return judged(adapterLabel(adapter), what, most[adapter], results?.ratio(name, base, request));
  });
}

export const LARGE_AIM = 1.05;

/** One row: met or not goes by the quietest rounds, since noise only adds. */
export function judged(adapter, what, most, ratio) {
  return {
    adapter,
    figure: what,
    'at most': most.toFixed(2),
    quietest: ratio?.quietest.toFixed(3) ?? '–',
    median: ratio?.median.toFixed(3) ?? '–',
    '': verdict(ratio?.quietest, most),
  };
}

/** @param {number | undefined} measured */
export function verdict(measured, most) {
  return measured === undefined ? 'not measured' : measured <= most ? 'met' : 'not met';
}
