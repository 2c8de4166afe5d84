/** Whether a number is an integer within bounds, both included. */
export function isIntegerWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/**
 * The value of an option that is an integer.
 *
 * @throws RangeError when it is not an integer within the bounds
 */
export function inRange(name: string, value: number, least: number, most: number): number {
  if (!isIntegerWithin(value, least, most)) {
    throw new RangeError(`\`${name}\` must be an integer from ${least} to ${most}; got ${String(value)}.`);
  }
  return value;
}
