/** File descriptor of the pipe from the application's process to the command. */
export const MESSAGES = 3;

/** A line of that pipe, as JSON: the output with the exit code, or the phase of the boot with the seconds of `--timeout`. */
export type Message =
  { readonly text: string; readonly code: number } | { readonly phase: string; readonly timeout: number };

/** Facts about the command's stdout, which the application's process does not have. */
export interface TerminalFacts {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly hasColors: boolean;
}
