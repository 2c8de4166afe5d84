/**
 * A scale of values on so many pixels, with its ticks on round figures.
 *
 * @param {readonly number[]} values all that is to be seen on it
 * @param {{ from: number, to: number, log?: boolean }} extent in pixels; `from` is where the least value is
 */
export function scale(values, { from, to, log = false }) {
  const ticks = log ? logTicks(values) : linearTicks(values);
  const place = log ? Math.log10 : (value) => value;
  const first = place(ticks[0]);
  const last = place(ticks.at(-1));
  return { ticks, at: (value) => from + ((place(value) - first) / (last - first)) * (to - from) };
}

function linearTicks(values) {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const rough = (most - least || Math.abs(most) || 1) / 6;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * [1, 2, 5, 10].find((factor) => factor * magnitude >= rough * 0.999);
  const first = Math.floor(least / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Powers of ten, with 2 and 5 between them where there are few of them. */
function logTicks(values) {
  const first = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  const factors = last - first > 2 ? [1] : [1, 2, 5];
  const powers = Array.from({ length: last - first }, (_, index) => first + index);
  return [...powers.flatMap((power) => factors.map((factor) => factor * 10 ** power)), 10 ** last];
}
