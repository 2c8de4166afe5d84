import { scale } from './scale.mjs';
import { axisFigure, figure } from './statistics.mjs';
import { COLOURS, WIDTH, line, picture, rect, text, widthOf } from './svg.mjs';

const ROW = 20;
const TOP = 64;
const RIGHT = 96;

/**
 * Bars side by side, as SVG: for every group, one bar per series with its value printed. With a baseline, bars start
 * there: what is seen is what something costs beyond it.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} [chart.subtitle] one line: what was measured, how
 * @param {string} [chart.unit] of the values; written at the axis
 * @param {readonly string[]} chart.groups
 * @param {readonly { label: string, values: readonly (number | undefined)[], ranges?: readonly (readonly [number, number] | undefined)[], colour?: number }[]} chart.series
 *   a value per group; a range is drawn as a line over the bar; `colour` picks one of the palette
 * @param {{ value: number, label: string }} [chart.baseline] default: 0
 * @param {(value: number) => string} [chart.format] of printed values
 */
export function barChart({ title, subtitle, unit, groups, series, baseline, format = (value) => figure(value) }) {
  // Names of groups stand left of the axis, too.
  const labels = Math.max(...[...series.map(({ label }) => label), ...groups].map(widthOf));
  const left = Math.min(360, 28 + labels);
  const origin = baseline?.value ?? 0;
  const values = series.flatMap((each) => [...each.values, ...(each.ranges ?? []).flat()]);
  const { ticks, at } = scale([origin, ...values.filter((value) => value !== undefined)], {
    from: left,
    to: WIDTH - RIGHT,
  });
  const bars = [];
  let y = TOP;
  for (const [group, name] of groups.entries()) {
    bars.push(text(16, y + 14, name, { class: 'group' }));
    y += ROW + 2;
    for (const [index, { label, values: own, ranges, colour = index }] of series.entries()) {
      if (own[group] !== undefined) {
        bars.push(...bar({ label, value: own[group], range: ranges?.[group], colour, at, origin, left, y, format }));
        y += ROW;
      }
    }
    y += 10;
  }
  const grid = ticks.flatMap((tick) => [
    line(at(tick), TOP - 4, at(tick), y, { class: 'grid' }),
    text(at(tick), y + 16, axisFigure(tick), { class: 'note', 'text-anchor': 'middle' }),
  ]);
  const axis = [line(at(origin), TOP - 4, at(origin), y, { class: 'axis' })];
  if (baseline !== undefined) {
    axis.push(text(at(origin) + 4, TOP + 4, `${axisFigure(origin)} = ${baseline.label}`, { class: 'note' }));
  }
  if (unit !== undefined) {
    axis.push(text((left + WIDTH - RIGHT) / 2, y + 34, unit, { class: 'note', 'text-anchor': 'middle' }));
  }
  return picture({ title, subtitle, height: y + (unit === undefined ? 30 : 48), content: [...grid, ...bars, ...axis] });
}

function bar({ label, value, range, colour, at, origin, left, y, format }) {
  const start = Math.min(at(origin), at(value));
  const end = Math.max(at(origin), at(value), ...(range ?? []).map(at));
  const middle = y + ROW / 2 - 2;
  const drawn = [
    text(left - 10, middle + 4, label, { 'text-anchor': 'end' }),
    rect(start, y, Math.max(1, Math.abs(at(value) - at(origin))), ROW - 5, { fill: COLOURS[colour % COLOURS.length] }),
    text(end + 6, middle + 4, format(value)),
  ];
  if (range !== undefined) {
    drawn.push(line(at(range[0]), middle, at(range[1]), middle, { class: 'range' }));
  }
  return drawn;
}
