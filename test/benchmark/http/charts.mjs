import { peerRatios } from '../peers/measure.mjs';
import { barChart } from '../report/index.mjs';
import { ADAPTERS, CONTENDERS, adapterLabel } from './contenders.mjs';
import { REQUESTS } from './requests.mjs';

/** A colour for each kind of application, of the palette. */
const COLOUR = { none: 7, hand: 4, 'built-in': 1, library: 0 };
const SUBTITLE = 'server CPU time per request, quietest round; the thin line holds the middle half of all rounds';

/**
 * The pictures, by file name: a ratio to no CORS for responses, to enableCors() for preflights, which only that answers.
 *
 * @param {ReadonlyMap<string, object>} stages
 */
export function charts(stages) {
  const peers = stages.get('peers')?.results;
  return { ...requestCharts(stages), ...(peers !== undefined && { 'http-peers.svg': peersChart(peers) }) };
}

function requestCharts(stages) {
  const results = new Map(ADAPTERS.map((adapter) => [adapter, stages.get(adapter)?.results]));
  const adapters = ADAPTERS.filter((adapter) => results.get(adapter) !== undefined);
  return Object.fromEntries(
    REQUESTS.map(({ name, label }) => {
      const base = name.startsWith('preflight') ? 'built-in' : 'none';
      const baseLabel = base === 'none' ? 'no CORS' : 'enableCors()';
      const measured = adapters.filter((adapter) => results.get(adapter).has(base, name));
      const series = CONTENDERS.flatMap((contender) => {
        const ratios = measured.map((adapter) => results.get(adapter).ratio(contender.name, base, name));
        const isBase = contender.name === base;
        const answersNothing = base !== 'none' && contender.cors === 'none';
        return isBase || answersNothing || ratios.every((ratio) => ratio === undefined)
          ? []
          : [
              {
                label: contender.label,
                colour: COLOUR[contender.cors],
                values: ratios.map((ratio) => ratio?.quietest),
                ranges: ratios.map((ratio) => ratio && [ratio.lower, ratio.upper]),
              },
            ];
      });
      const chart = {
        title: label,
        subtitle: SUBTITLE,
        unit: `times the CPU of ${baseLabel}`,
        groups: measured.map(adapterLabel),
        baseline: { value: 1, label: baseLabel },
        format: (value) => value.toFixed(2),
        series,
      };
      return [`http-${name}.svg`, series.length === 0 ? undefined : barChart(chart)];
    }).filter(([, picture]) => picture !== undefined),
  );
}

/** Each framework against itself: its absolute figures are those of another framework. */
function peersChart(results) {
  const ratios = peerRatios(results);
  return barChart({
    title: 'What CORS costs each framework',
    subtitle: SUBTITLE,
    unit: 'times the CPU of a GET in the same framework without CORS',
    groups: ['GET, allowed origin', 'granted preflight'],
    baseline: { value: 1, label: 'a GET without CORS' },
    format: (value) => value.toFixed(2),
    series: ratios.map(({ label, get, preflight }) => ({
      label,
      colour: COLOUR[label.endsWith('nestjs-cors') ? 'library' : 'built-in'],
      values: [get.quietest, preflight.quietest],
      ranges: [get, preflight].map(({ lower, upper }) => [lower, upper]),
    })),
  });
}
