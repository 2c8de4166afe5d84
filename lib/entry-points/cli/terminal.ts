/** The target of a command's output: `process.stdout`, or anything else with its `write()`. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Follows NO_COLOR, FORCE_COLOR and TERM, as `tty.WriteStream` does. */
  hasColors?(): boolean;
}

/** The terminal of a command: its outputs and its working directory. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Folder that file names are relative to. */
  readonly cwd: string;
}

/** Styles of text. They change nothing where the output has no colours. */
export interface Style {
  bold(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

export function styleFor(output: Output): Style {
  const colours = output.isTTY === true && output.hasColors?.() === true;
  const between = (start: number, end: number) => (text: string) =>
    colours ? `\u001B[${start}m${text}\u001B[${end}m` : text;
  return { bold: between(1, 22), good: between(32, 39), bad: between(31, 39) };
}

/** The width of lines. A pipe has no limit, so that it gets one line per row. */
export function widthOf(output: Output): number {
  return output.isTTY === true ? (output.columns ?? 80) : Infinity;
}
