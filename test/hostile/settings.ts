/** Of the generator, printed with the figures; HOSTILE_SEED has it find other cases. */
export const seed = Number(process.env['HOSTILE_SEED'] ?? 20_261_121);

/** How many cases an adapter gets; HOSTILE_CASES says otherwise. */
export function caseCount(standard: number): number {
  return Number(process.env['HOSTILE_CASES'] ?? standard);
}

/** Prints what people need to repeat a run, and to believe it; jest's own console adds where it was called. */
export function print(line: string): void {
  process.stdout.write(`  ${line}\n`);
}

/** How many handshakes a platform gets; HOSTILE_HANDSHAKES is the number for both platforms together. */
export function handshakeCount(standard: number): number {
  const given = process.env['HOSTILE_HANDSHAKES'];
  return given === undefined ? caseCount(standard) : Math.ceil(Number(given) / 2);
}
