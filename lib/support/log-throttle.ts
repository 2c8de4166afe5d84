interface Line {
  loggedAt: number;
  suppressed: number;
}

/** Lets a log write the line of one key once in a quiet period, and counts the lines that it suppresses. */
export class LogThrottle {
  /** By key, the line that was logged last at the end. */
  private readonly lines = new Map<string, Line>();

  /**
   * @param maxKeys the most keys that are told apart, which bounds the memory
   * @param whenFull whether another key is suppressed, or takes the place of the key that was logged the longest time ago
   * @param quietPeriod in milliseconds
   */
  constructor(
    private readonly maxKeys = 1,
    private readonly whenFull: 'suppress' | 'evict' = 'evict',
    private readonly quietPeriod = 60_000,
  ) {}

  /** How many lines of the key were suppressed before this one, which is to be logged; `undefined`: suppress it. */
  pass(key = ''): number | undefined {
    const line = this.lines.get(key);
    if (line !== undefined && this.isQuiet(line)) {
      line.suppressed++;
      return undefined;
    }
    if (line === undefined && this.lines.size >= this.maxKeys) {
      if (this.whenFull === 'suppress') {
        return undefined;
      }
      this.lines.delete([...this.lines.keys()][0] as string);
    }
    this.lines.delete(key);
    this.lines.set(key, { loggedAt: performance.now(), suppressed: 0 });
    return line?.suppressed ?? 0;
  }

  has(key: string): boolean {
    return this.lines.has(key);
  }

  /** How many keys with the prefix are in their quiet period; the others are forgotten. */
  countQuiet(prefix: string): number {
    let count = 0;
    for (const [key, line] of this.lines) {
      if (key.startsWith(prefix)) {
        if (this.isQuiet(line)) {
          count++;
        } else {
          this.lines.delete(key);
        }
      }
    }
    return count;
  }

  /** The next line of any key is logged. */
  reset(): void {
    this.lines.clear();
  }

  private isQuiet({ loggedAt }: Line): boolean {
    return performance.now() - loggedAt < this.quietPeriod;
  }
}

/** The part of a line about suppressed lines before it. */
export function repeatedInWords(suppressed: number): string {
  return suppressed === 0 ? '' : ` (and ${suppressed} times since it was last logged)`;
}
