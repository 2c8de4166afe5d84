import { verdict } from '../http/aims.mjs';
import { adapterLabel } from '../http/contenders.mjs';
import { barChart, figure, table } from '../report/index.mjs';

const MEGABYTE = 2 ** 20;
/** Half of what was held before, in MB. */
const AIMS = [
  { title: 'routes', most: { express: 11.5, fastify: 9 } },
  { title: 'listed origins', most: { express: 104.5, fastify: 104.5 } },
];

/** @param {readonly { title: string, count: number, adapter: string, builtIn: number, own: number }[]} rows in bytes */
export function memoryTable(rows) {
  return table(
    rows.map(({ title, count, adapter, builtIn, own }) => ({
      platform: adapterLabel(adapter),
      application: `${figure(count)} ${title}`,
      'enableCors()': megabytes(builtIn),
      'nestjs-cors': megabytes(own),
      over: megabytes(own - builtIn),
      'bytes for each': figure(Math.round((own - builtIn) / count)),
    })),
  );
}

/** Rows of the table of aims. Without figures: not measured. */
export function memoryAims(rows = []) {
  return ['express', 'fastify'].flatMap((adapter) =>
    AIMS.map(({ title, most }) => {
      const measured = rows.find((row) => row.title === title && row.adapter === adapter);
      const over = measured && (measured.own - measured.builtIn) / MEGABYTE;
      return {
        platform: adapterLabel(adapter),
        figure: `heap of ${title === 'routes' ? '10,000 routes' : '1,000,000 listed origins'} over enableCors(), MB`,
        'at most': String(most[adapter]),
        measured: over === undefined ? '–' : figure(over),
        '': verdict(over, most[adapter]),
      };
    }),
  );
}

export function memoryChart(rows) {
  const titles = [...new Set(rows.map(({ title, count }) => `${figure(count)} ${title}`))];
  return barChart({
    title: 'What the library holds in memory',
    subtitle: 'heap after a collection, over the same application with enableCors()',
    unit: 'MB',
    groups: titles,
    format: (value) => figure(value, 'MB'),
    series: ['express', 'fastify'].map((adapter) => ({
      label: adapterLabel(adapter),
      values: titles.map((title) => {
        const row = rows.find((each) => each.adapter === adapter && `${figure(each.count)} ${each.title}` === title);
        return Number(((row.own - row.builtIn) / MEGABYTE).toPrecision(3));
      }),
    })),
  });
}

function megabytes(bytes) {
  return figure(Number((bytes / MEGABYTE).toPrecision(3)), 'MB');
}
