import { scale } from './scale.mjs';
import { axisFigure, figure } from './statistics.mjs';
import { COLOURS, WIDTH, dot, line, path, picture, text, widthOf } from './svg.mjs';

const TOP = 76;
const LEFT = 78;
const PLOT = 300;
const LINE_HEIGHT = 15;

/**
 * Curves, as SVG: how something grows. Each is labelled at its end, with its last value.
 *
 * @param {object} chart
 * @param {string} chart.title
 * @param {string} [chart.subtitle] one line: what was measured, how
 * @param {{ label: string, log?: boolean, format?: (value: number) => string }} chart.x
 * @param {{ label: string, log?: boolean, format?: (value: number) => string }} chart.y starts at 0 unless `log`
 * @param {readonly { label: string, points: readonly (readonly [number, number])[], colour?: number }[]} chart.series
 */
export function lineChart({ title, subtitle, x, y, series }) {
  const formatX = x.format ?? axisFigure;
  const formatY = y.format ?? ((value) => figure(value));
  const labelled = series.map(({ label, points, colour }, index) => ({
    text: `${label}: ${formatY(points.at(-1)[1])}`,
    points,
    colour: COLOURS[(colour ?? index) % COLOURS.length],
  }));
  const right = WIDTH - 20 - Math.min(300, Math.max(...labelled.map((each) => widthOf(each.text))));
  const bottom = TOP + PLOT;
  const all = series.flatMap(({ points }) => points);
  const across = scale(
    all.map(([value]) => value),
    { from: LEFT, to: right, log: x.log },
  );
  const up = scale([...(y.log ? [] : [0]), ...all.map(([, value]) => value)], { from: bottom, to: TOP, log: y.log });
  const content = [
    ...across.ticks.flatMap((tick) => [
      line(across.at(tick), TOP, across.at(tick), bottom, { class: 'grid' }),
      text(across.at(tick), bottom + 18, formatX(tick), { class: 'note', 'text-anchor': 'middle' }),
    ]),
    ...up.ticks.flatMap((tick) => [
      line(LEFT, up.at(tick), right, up.at(tick), { class: 'grid' }),
      text(LEFT - 8, up.at(tick) + 4, (y.format ?? axisFigure)(tick), { class: 'note', 'text-anchor': 'end' }),
    ]),
    line(LEFT, TOP, LEFT, bottom, { class: 'axis' }),
    line(LEFT, bottom, right, bottom, { class: 'axis' }),
    text((LEFT + right) / 2, bottom + 38, x.label, { class: 'note', 'text-anchor': 'middle' }),
    text(16, TOP - 14, y.label, { class: 'note' }),
  ];
  const ends = [];
  for (const { text: label, points, colour } of labelled) {
    const places = points.map(([valueX, valueY]) => [across.at(valueX), up.at(valueY)]);
    content.push(path(places, colour), ...places.map(([placeX, placeY]) => dot(placeX, placeY, colour)));
    ends.push({ label, colour, y: places.at(-1)[1] });
  }
  content.push(...endLabels(ends, right + 6, bottom));
  return picture({ title, subtitle, height: bottom + 54, content });
}

/** The labels of the curves, moved apart where curves end close to each other. */
function endLabels(ends, x, bottom) {
  const sorted = ends.toSorted((a, b) => a.y - b.y);
  for (let index = 1; index < sorted.length; index++) {
    sorted[index].y = Math.max(sorted[index].y, sorted[index - 1].y + LINE_HEIGHT);
  }
  let limit = bottom;
  for (const end of sorted.toReversed()) {
    end.y = Math.min(end.y, limit);
    limit = end.y - LINE_HEIGHT;
  }
  return sorted.map(({ label, colour, y }) => text(x, y + 4, label, { style: `fill: ${colour}` }));
}
