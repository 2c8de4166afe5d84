import { figure, machineTable, table } from '../report/index.mjs';
import { fileOf } from './charts.mjs';
import { CURVES, seriesOf } from './curves.mjs';

/** The page that the figures are shown on. */
export function report({ machine, note, settings, figures }) {
  return `# How it grows

Written by \`npm run bench -- scale\`.
${settings.rounds === 1 ? '\n**Of a quick run: these figures say that the benchmark works, and nothing else.**\n' : ''}
${CURVES.map((curve) => section(curve, figures)).join('\n\n')}

## How it is measured

- Every application is a process of its own. Every other route has a parameter; with this library, every controller of ten
  routes has a policy. Requests go to all routes and come from all origins.
- _Boot time_ is the process's CPU time from the creation of the application to listening, _memory_ what the heap holds by
  then and has not held before, after a collection: of ${settings.times} starts each, the least.
- _List_ is \`origin\` with so many origins in it, _snapshot_ an \`OriginList\` with so many rows.
- _The load_ is constant: requests are sent when they are due, whether those before them have been answered or not, over 64
  connections, and latency counts from that moment. ${settings.rounds} rounds of ${settings.seconds} s; latencies are those of the
  round with the lowest 99th percentile, CPU time the least. Waiting for requests costs a little CPU time too, so that a
  request costs less at a higher load; and after the few hundred requests of a low load V8 has not optimised much: what a
  request costs is in [http.md](http.md), and how that grows here.
- \`enableCors\` has no more than 100,000 origins here: beyond that it does not keep up with the load.
- ${note}

${machineTable(machine)}
`;
}

function section(curve, figures) {
  const parts = ['express', 'fastify'].map((adapter) => {
    const rows = seriesOf(curve, figures, adapter).map(({ label, points }) => ({
      [adapter]: label,
      // A space before it, since JavaScript puts keys that are numbers first.
      ...Object.fromEntries(points.map(([x, y]) => [` ${figure(x)}`, curve.format(y)])),
    }));
    const widest = rows.toSorted((a, b) => Object.keys(b).length - Object.keys(a).length)[0];
    const filled = rows.map((row) =>
      Object.fromEntries(Object.keys(widest).map((heading) => [heading, row[heading] ?? '–'])),
    );
    return `![${curve.title}, ${adapter}](${fileOf(curve, adapter)})\n\n${table(filled)}`;
  });
  return `## ${curve.title}\n\n${parts.join('\n\n')}`;
}
