import { adapterLabel } from './contenders.mjs';

/** What the library is to cost at most: CPU of `name` over that of `base`, for one request. */
const AIMS = [
  { name: 'handler', base: 'floor', request: 'get-allowed', most: { express: 1.03, fastify: 1.04 } },
  { name: 'handler', base: 'built-in', request: 'get-allowed', most: { express: 1, fastify: 1 } },
  { name: 'lookup', base: 'floor', request: 'get-allowed', most: { express: 1.04, fastify: 1.06 } },
  { name: 'snapshot', base: 'floor', request: 'get-allowed', most: { express: 1.04, fastify: 1.06 } },
  { name: 'handler', base: 'floor', request: 'get-parametric', most: { express: 1.03, fastify: 1.04 } },
  { name: 'enhancers', base: 'floor', request: 'get-allowed', most: { express: 1.1, fastify: 1.15 } },
  { name: 'handler', base: 'none', request: 'get-without', most: { express: 1.02, fastify: 1.08 } },
  ...['preflight-granted', 'preflight-refused', 'preflight-granted-parameter', 'preflight-refused-parameter'].map(
    (request) => ({ name: 'handler', base: 'built-in', request, most: { express: 0.3, fastify: 0.88 } }),
  ),
];

const REQUESTS = {
  'get-allowed': 'GET, allowed origin',
  'get-parametric': 'GET with a parameter, allowed origin',
  'get-without': 'GET without Origin',
  'preflight-granted': 'granted preflight',
  'preflight-refused': 'refused preflight',
  'preflight-granted-parameter': 'granted preflight, path with a parameter',
  'preflight-refused-parameter': 'refused preflight, path with a parameter',
};
const NAMES = {
  handler: 'handler policy',
  enhancers: 'guard and interceptor',
  lookup: 'cached lookup',
  snapshot: 'list in memory',
  floor: 'the floor',
  'built-in': 'enableCors()',
  none: 'no CORS',
};

/** Every aim beside what was measured, as rows of a table. */
export function judgedAims(adapter, results) {
  return AIMS.flatMap(({ name, base, request, most }) => {
    const ratio = results.ratio(name, base, request);
    const what = `${REQUESTS[request]}: ${NAMES[name]} over ${NAMES[base]}`;
    return ratio === undefined ? [] : [judged(adapterLabel(adapter), what, most[adapter], ratio)];
  });
}

export const LARGE_AIM = 1.05;

/** One row: met or not goes by the quietest rounds, since noise only adds. */
export function judged(adapter, what, most, { quietest, median }) {
  return {
    adapter,
    figure: what,
    'at most': most.toFixed(2),
    quietest: quietest.toFixed(3),
    median: median.toFixed(3),
    '': quietest <= most ? 'met' : 'not met',
  };
}
