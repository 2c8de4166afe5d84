/** File descriptor of the pipe from the application's process to the command. */
export const MESSAGES = 3;

/** A line of that pipe, as JSON: what is to be printed with the exit code, or what the application waits for, with the seconds of `--timeout`. */
export type Message =
  { readonly text: string; readonly code: number } | { readonly phase: string; readonly timeout: number };

/** What the application's process cannot find out, since its stdout is another one. */
export interface TerminalFacts {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly hasColors: boolean;
}
