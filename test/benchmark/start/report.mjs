import { verdict } from '../http/aims.mjs';
import { adapterLabel } from '../http/contenders.mjs';
import { barChart, summary, table } from '../report/index.mjs';

const LABELS = { none: 'no CORS', 'built-in': 'enableCors()', library: 'nestjs-cors' };
/** CPU time of the library's import over that of NestJS with a platform. */
const MOST_IMPORT = 0.05;
const MODULES = 'esm';

/**
 * What an application pays before its first answer, one row per platform and kind of CORS.
 *
 * @param {object} start as `run.mjs` writes it
 */
export function startTable({ cases, sizes, busy }) {
  return table(
    cases
      .filter(({ format }) => format === MODULES)
      .map((each) => ({
        platform: adapterLabel(each.platform),
        application: LABELS[each.cors],
        ...(!busy && { 'node to first answer': milliseconds(quietest(each, 'firstAnswer')) }),
        'over no CORS': ratio(each, baseOf(each, cases), 'firstAnswer').toFixed(2),
        'CPU time over no CORS': ratio(each, baseOf(each, cases), 'cpu').toFixed(2),
        'import over NestJS': each.cors === 'library' ? importRatio(each).toFixed(3) : '–',
        'in memory (RSS)': megabytes(summary(each.runs.map(({ rss }) => rss)).median),
        node_modules: megabytes(
          sizes[each.platform].installed + (each.cors === 'library' ? sizes[each.platform].added : 0),
        ),
      })),
  );
}

/** Rows of the table of aims. Without figures: not measured. */
export function startAims(start) {
  return ['express', 'fastify'].flatMap((platform) =>
    ['esm', 'cjs'].map((format) => {
      const measured = start?.cases.find(
        (each) => each.platform === platform && each.format === format && each.cors === 'library',
      );
      const own = measured && importRatio(measured);
      return {
        platform: adapterLabel(platform),
        figure: `import of the library (${format === 'esm' ? 'ES modules' : 'CommonJS'}) over that of NestJS, CPU time`,
        'at most': MOST_IMPORT.toFixed(3),
        measured: own?.toFixed(3) ?? '–',
        '': verdict(own, MOST_IMPORT),
      };
    }),
  );
}

export function startChart({ cases }) {
  const shown = cases.filter(({ format, cors }) => format === MODULES && cors !== 'none');
  const platforms = [...new Set(shown.map(({ platform }) => platform))];
  return barChart({
    title: 'From node to the first answer',
    subtitle: 'CPU time of the process, the quietest of all starts',
    unit: 'times that of the application without CORS',
    groups: platforms.map(adapterLabel),
    baseline: { value: 1, label: 'no CORS' },
    format: (value) => value.toFixed(2),
    series: ['built-in', 'library'].map((cors) => ({
      label: LABELS[cors],
      colour: cors === 'library' ? 0 : 1,
      values: platforms.map((platform) => {
        const each = shown.find((one) => one.platform === platform && one.cors === cors);
        return ratio(each, baseOf(each, cases), 'cpu');
      }),
    })),
  });
}

function baseOf({ platform, format }, cases) {
  return cases.find((each) => each.platform === platform && each.format === format && each.cors === 'none');
}

function quietest({ runs }, name) {
  return summary(runs.map((run) => run[name])).quietest;
}

function ratio(own, base, name) {
  return quietest(own, name) / quietest(base, name);
}

function importRatio(measured) {
  return quietest(measured, 'library') / quietest(measured, 'nest');
}

function milliseconds(value) {
  return `${Math.round(value)} ms`;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
