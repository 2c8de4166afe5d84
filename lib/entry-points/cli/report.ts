import type { CorsInspector } from '../../inspect/inspector.js';

/** The output of a command. */
export interface Report {
  /** For a terminal. */
  readonly text: string;
  /** For `--json`. */
  readonly json: unknown;
  /** Whether `--strict` fails. */
  readonly findings: boolean;
}

/** A command whose input is already checked, so that no application boots for invalid input. */
export type CheckedCommand =
  | {
      readonly application: 'required';
      readonly report: (inspector: CorsInspector) => Report | Promise<Report>;
    }
  | {
      /** `optional`: boots the application where `--module` names one. */
      readonly application: 'optional' | 'none';
      /** What the command waits for, for the message at its timeout. */
      readonly phase: string;
      readonly report: (inspector: CorsInspector | undefined) => Report | Promise<Report>;
    };
