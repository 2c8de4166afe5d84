import { figure } from '../report/index.mjs';

/** Those of the figures that have these values. */
export function where(figures, values) {
  return figures.filter((each) => Object.entries(values).every(([name, value]) => each[name] === value));
}

/** The different values of a field, in the order in which they were measured. */
export function valuesOf(figures, name) {
  return [...new Set(figures.map((each) => each[name]))];
}

/** Nanoseconds, in the unit that people read them in. */
export function time(ns) {
  const [value, unit] = ns < 1_000 ? [ns, 'ns'] : ns < 1e6 ? [ns / 1e3, 'µs'] : [ns / 1e6, 'ms'];
  return figure(rounded(value), unit);
}

/** Bytes, whole ones. */
export function bytes(count) {
  return figure(Math.max(0, Math.round(count / 8) * 8), 'B');
}

/** Two digits are as many as come out again the next time. */
function rounded(value) {
  return Number(value.toPrecision(2));
}
