import { lineChart } from '../report/index.mjs';
import { CURVES, seriesOf } from './curves.mjs';

const NAMES = { express: 'Express', fastify: 'Fastify' };

/** The charts of this benchmark, by the names of their files. */
export function charts({ settings, figures }) {
  return Object.fromEntries(
    CURVES.flatMap((curve) => Object.keys(NAMES).map((adapter) => [fileOf(curve, adapter), chart(curve, adapter)])),
  );

  function chart(curve, adapter) {
    const { title, of, x, label, format, y } = curve;
    return lineChart({
      title: `${title}: ${NAMES[adapter]}`,
      subtitle: subtitleOf(of, settings),
      x: { label: x === 'rate' ? 'requests per second' : x, log: x !== 'rate' },
      y: { label, format, log: y !== 'throughput' },
      series: seriesOf(curve, figures, adapter),
    });
  }
}

export function fileOf({ name }, adapter) {
  return `scale-${name}-${adapter}.svg`;
}

function subtitleOf(of, { rate, seconds }) {
  if (of.startsWith('boot')) {
    return 'From the application’s creation to listening';
  }
  return of === 'loadByRate'
    ? `One core; ten routes, two origins; ${seconds} s each, sent whether the application keeps up or not`
    : `One core; ${rate} requests per second, to all routes and from all origins`;
}
