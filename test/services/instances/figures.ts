/** A value that so many percent of all are not above. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** Prints a figure that was measured; jest's own console adds where it was called. */
export function print(line: string): void {
  process.stdout.write(`  figure: ${line}\n`);
}

/** Asks until the answer is the wanted one; how long that took, in milliseconds. @throws Error when it never is */
export async function until(
  question: () => Promise<boolean>,
  { patience = 30_000, pause = 0 }: { patience?: number; pause?: number } = {},
): Promise<number> {
  const startedAt = performance.now();
  while (!(await question())) {
    if (performance.now() - startedAt > patience) {
      throw new Error(`It did not happen within ${patience} ms`);
    }
    if (pause > 0) {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return performance.now() - startedAt;
}
