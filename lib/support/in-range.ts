/**
 * The value of an option that is a number.
 *
 * @throws RangeError when it is no integer within the bounds
 */
export function inRange(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name}: ${String(value)} is no integer from ${least} to ${most}.`);
  }
  return value;
}
