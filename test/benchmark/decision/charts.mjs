import { barChart, lineChart } from '../report/index.mjs';
import { bytes, time, valuesOf, where } from './figures.mjs';

/** The charts of this benchmark, by the names of their files. */
export function charts(figures) {
  return {
    'decision-origins.svg': growth(figures, 'origins', 'Allowed origins'),
    'decision-patterns.svg': growth(figures, 'patterns', 'Patterns'),
    'decision-routes.svg': routes(figures),
    'decision-bytes.svg': allocation(figures),
  };
}

function growth(figures, allowed, label) {
  const measured = where(figures, { allowed, kind: 'GET', outcome: 'hit' });
  return lineChart({
    title: `A GET from an allowed origin, by the number of ${allowed}`,
    subtitle: 'Middleware and hooks called directly: decision and headers. Median, quietest of the rounds.',
    x: { label, log: true },
    y: { label: 'time', log: true, format: time },
    series: valuesOf(measured, 'contender').map((contender) => ({
      label: contender,
      points: where(measured, { contender }).map(({ size, ns }) => [size, ns]),
    })),
  });
}

function routes(figures) {
  const measured = figures.filter(({ platform, kind }) => platform !== undefined && kind === 'request');
  return lineChart({
    title: 'Finding the route of a request, by the number of routes',
    subtitle: 'Median, quietest of the rounds.',
    x: { label: 'routes', log: true },
    y: { label: 'time', log: true, format: time },
    series: valuesOf(measured, 'platform').flatMap((platform) =>
      valuesOf(measured, 'table').map((table) => ({
        label: `${platform}, ${table.replace('path with a ', '').replace(', all below one', ', one')}`,
        points: where(measured, { platform, table }).map(({ size, ns }) => [size, ns]),
      })),
    ),
  });
}

function allocation(figures) {
  const size = valuesOf(where(figures, { allowed: 'origins' }), 'size').find((each) => each >= 1_000);
  const measured = where(figures, { allowed: 'origins', size, outcome: 'hit' });
  const kinds = valuesOf(measured, 'kind');
  return barChart({
    title: 'Bytes allocated for an allowed origin',
    subtitle: 'Middleware and hooks called directly, and the decision alone',
    unit: 'bytes',
    groups: kinds,
    format: bytes,
    series: valuesOf(measured, 'contender').map((contender) => ({
      label: contender,
      values: kinds.map((kind) => where(measured, { contender, kind })[0]?.bytes),
    })),
  });
}
