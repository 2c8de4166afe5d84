/**
 * What many measurements of the same come to. Noise on a shared machine only adds, so the quietest is the nearest to the
 * truth; the median and the middle half say how noisy it was.
 *
 * @param {readonly number[]} values at least one
 * @returns {{ quietest: number, median: number, lower: number, upper: number, count: number }}
 */
export function summary(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    quietest: sorted[0],
    median: quantile(sorted, 0.5),
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    count: sorted.length,
  };
}

/** A number as people read it: three significant digits, `1,000,000`, and a unit if there is one. */
export function figure(value, unit = '') {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const options = Number.isInteger(value) ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const text = value.toLocaleString('en-US', options);
  return unit === '' ? text : `${text} ${unit}`;
}

/** A number at an axis, where figures are round. */
export function axisFigure(value) {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}

function quantile(sorted, share) {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const next = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (next - sorted[below]) * (place - below);
}
