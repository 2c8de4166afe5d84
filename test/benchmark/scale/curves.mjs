import { figure } from '../report/index.mjs';

const milliseconds = (value) => figure(rounded(value), 'ms');
const megabytes = (value) => figure(rounded(value / 2 ** 20), 'MB');
const microseconds = (value) => figure(rounded(value), 'µs');

/** What is shown, in a chart and a table per adapter: which figures, over what, and how they are written. */
export const CURVES = [
  {
    name: 'boot-routes',
    title: 'Boot time, by the number of routes',
    of: 'bootByRoutes',
    x: 'routes',
    y: 'bootCpu',
    label: 'CPU time',
    format: milliseconds,
  },
  {
    name: 'memory-routes',
    title: 'Memory, by the number of routes',
    of: 'bootByRoutes',
    x: 'routes',
    y: 'memory',
    label: 'heap',
    format: megabytes,
  },
  {
    name: 'boot-origins',
    title: 'Boot time, by the number of allowed origins',
    of: 'bootByOrigins',
    x: 'origins',
    y: 'bootCpu',
    label: 'CPU time',
    format: milliseconds,
  },
  {
    name: 'memory-origins',
    title: 'Memory, by the number of allowed origins',
    of: 'bootByOrigins',
    x: 'origins',
    y: 'memory',
    label: 'heap',
    format: megabytes,
  },
  {
    name: 'cpu-routes',
    title: 'CPU time of a request, by the number of routes',
    of: 'loadByRoutes',
    x: 'routes',
    y: 'cpu',
    label: 'CPU time',
    format: microseconds,
  },
  {
    name: 'cpu-origins',
    title: 'CPU time of a request, by the number of allowed origins',
    of: 'loadByOrigins',
    x: 'origins',
    y: 'cpu',
    label: 'CPU time',
    format: microseconds,
  },
  {
    name: 'latency-routes',
    title: 'Latency, 99th percentile, by the number of routes',
    of: 'loadByRoutes',
    x: 'routes',
    y: 'p99',
    label: 'latency',
    format: milliseconds,
  },
  {
    name: 'latency-origins',
    title: 'Latency, 99th percentile, by the number of allowed origins',
    of: 'loadByOrigins',
    x: 'origins',
    y: 'p99',
    label: 'latency',
    format: milliseconds,
  },
  {
    name: 'latency-median',
    title: 'Latency, median, by the load',
    of: 'loadByRate',
    x: 'rate',
    y: 'p50',
    label: 'latency',
    format: milliseconds,
  },
  {
    name: 'latency-tail',
    title: 'Latency, 99th percentile, by the load',
    of: 'loadByRate',
    x: 'rate',
    y: 'p99',
    label: 'latency',
    format: milliseconds,
  },
  {
    name: 'throughput',
    title: 'Throughput, by the load',
    of: 'loadByRate',
    x: 'rate',
    y: 'throughput',
    label: 'answers per second',
    format: (value) => figure(Math.round(value)),
  },
];

/** A curve's series for an adapter: one per contender, as points. */
export function seriesOf({ of, x, y }, figures, adapter) {
  const measured = figures[of].filter((each) => each.adapter === adapter);
  return [...new Set(measured.map(({ cors }) => cors))].map((cors) => ({
    label: cors,
    points: measured.filter((each) => each.cors === cors).map((each) => [each[x], each[y]]),
  }));
}

/** Two digits are as many as come out again the next time. */
function rounded(value) {
  return Number(value.toPrecision(value < 100 ? 2 : 3));
}
