import { table } from '../report/index.mjs';
import { LARGE_AIM, judged } from './aims.mjs';
import { adapterLabel } from './contenders.mjs';
import { askedPaths } from './large-application.mjs';
import { measure } from './measure.mjs';
import { ALLOWED } from './requests.mjs';
import { Results } from './results.mjs';

/** The router of Express walks through all routes before the last one, so that fewer requests say as much. */
const SLOW = { count: 150, warmUp: 300 };

const PATHS = {
  first: 'the first route',
  'last-static': 'the last without a parameter',
  'last-parametric': 'the last',
};

/**
 * An application of many routes and origins against one with one of each, with the library and without: routers grow
 * slower by themselves.
 *
 * @param {{ routes: number, origins: number }} size
 * @returns {Promise<Results>}
 */
export async function measureLarge(size, plan, adapter) {
  const applications = [
    ['small', { routes: 1, origins: 1 }],
    ['large', size],
  ].flatMap(([name, { routes, origins }]) =>
    [true, false].map((cors) => ({
      name: cors ? name : `${name}-none`,
      settings: { kind: 'large', adapter, cors, routes, origins },
      requests: requestsOf(adapter, routes),
      check: (answer) => checkLarge(answer, cors),
    })),
  );
  const tell = (line) => plan.tell(`${adapterLabel(adapter)}, many routes and origins: ${line}`);
  return new Results(await measure(applications, { ...plan, tell }));
}

function requestsOf(adapter, routes) {
  return Object.entries(askedPaths(routes)).map(([name, path]) => ({
    name,
    path,
    method: 'GET',
    origin: ALLOWED,
    ...(adapter === 'express' && name !== 'first' ? SLOW : {}),
  }));
}

function checkLarge({ status, headers }, cors) {
  const granted = headers.get('access-control-allow-origin');
  if (status !== 200 || granted !== (cors ? ALLOWED : undefined)) {
    throw new Error(`Status ${status}, granted to ${granted}`);
  }
}

/** Rows of the table of aims. */
export function judgedLarge(adapter, results, { routes, origins }) {
  const what = `${routes.toLocaleString('en-US')} routes and ${origins.toLocaleString('en-US')} origins over 1 and 1`;
  return [judged(adapterLabel(adapter), what, LARGE_AIM, results?.ratio('large', 'small', 'first'))];
}

/** What each route costs, with the library and without. `busy`: ratios alone. */
export function largeTable(adapter, results, busy) {
  const rows = [];
  for (const [size, requests] of [
    ['small', ['first']],
    ['large', Object.keys(PATHS)],
  ]) {
    for (const request of requests) {
      if (results.has(size, request)) {
        const [cors, none] = [results.time(size, request), results.time(`${size}-none`, request)];
        rows.push({
          application: size === 'small' ? '1 route, 1 origin' : 'many of both',
          'GET of': size === 'small' ? 'its route' : PATHS[request],
          ...(!busy && {
            'no CORS, µs': none.quietest.toFixed(1),
            'nestjs-cors, µs': cors.quietest.toFixed(1),
            'added, µs': (cors.quietest - none.quietest).toFixed(1),
          }),
          ratio: results.ratio(size, `${size}-none`, request).quietest.toFixed(3),
        });
      }
    }
  }
  return `### ${adapterLabel(adapter)}\n\n${table(rows)}`;
}
