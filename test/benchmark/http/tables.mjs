import { table } from '../report/index.mjs';
import { adapterLabel, contendersOf } from './contenders.mjs';
import { REQUESTS } from './requests.mjs';

/** For one adapter: a table per request, with a row per contender. `busy`: ratios of the quietest rounds alone. */
export function adapterTables(adapter, results, busy) {
  const sections = REQUESTS.filter(({ name }) => results.has('none', name)).map(
    ({ name, label }) => `### ${adapterLabel(adapter)}: ${label}\n\n${requestTable(adapter, name, results, busy)}`,
  );
  return sections.join('\n\n');
}

function requestTable(adapter, request, results, busy) {
  const rows = contendersOf(adapter)
    .filter(({ name }) => results.has(name, request))
    .map(({ name, label }) => {
      const { quietest, median } = results.time(name, request);
      const ratio = results.ratio(name, 'none', request);
      return {
        application: label,
        ...(!busy && { 'µs, quietest': quietest.toFixed(1), 'µs, median': median.toFixed(1) }),
        'over no CORS': ratio.quietest.toFixed(3),
        ...(!busy && {
          median: ratio.median.toFixed(3),
          'middle half': `${ratio.lower.toFixed(2)} to ${ratio.upper.toFixed(2)}`,
        }),
        'over the floor': decimal(results.ratio(name, 'floor', request)),
        'over enableCors()': decimal(results.ratio(name, 'built-in', request)),
      };
    });
  return table(rows);
}

function decimal(ratio) {
  return ratio === undefined ? '–' : ratio.quietest.toFixed(3);
}
