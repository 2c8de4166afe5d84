import type { CorsInspector } from '../../inspect/inspector.js';
import { diffManifests } from '../../inspect/manifest.js';
import type { CommandLine, CommandName } from './command-line.js';
import { readManifest } from './committed-manifest.js';
import { readRequest } from './explained-request.js';
import { explanationText } from './explanation-text.js';
import { InputError } from './input-error.js';
import { routesText } from './routes-text.js';
import { table } from './table.js';
import { type Terminal, styleFor, widthOf } from './terminal.js';
import { describeUnknown, isUnknown } from './unknown-route.js';

/** What a command has to say. */
export interface Answer {
  /** For people. */
  readonly text: string;
  /** For programs. */
  readonly json: unknown;
  /** Whether there is something that `--strict` fails on. */
  readonly findings: boolean;
}

/** A question whose own input is checked already, so that no application boots for nothing. */
export type Question = (inspector: CorsInspector) => Answer | Promise<Answer>;

type Command = (line: CommandLine, terminal: Terminal) => Question;

export const COMMANDS: Readonly<Record<CommandName, Command>> = { routes, explain, audit };

function routes({ operands, options }: CommandLine, { stdout, cwd }: Terminal): Question {
  refuseOperands('routes', operands);
  if (options.compare !== undefined && options.manifest === true) {
    throw new InputError('--manifest prints a manifest, and --compare reads one: choose one of them.');
  }
  if (options.compare !== undefined) {
    const committed = readManifest(options.compare, cwd);
    return (inspector) => {
      const differences = diffManifests(committed, inspector.manifest());
      const text = differences.length === 0 ? `The policies are those of ${options.compare}.` : differences.join('\n');
      return { text, json: differences, findings: differences.length > 0 };
    };
  }
  if (options.manifest === true) {
    return (inspector) => {
      const json = inspector.manifest();
      return { text: JSON.stringify(json, undefined, 2), json, findings: false };
    };
  }
  return (inspector) => ({
    text: routesText(inspector, styleFor(stdout), widthOf(stdout)),
    json: inspector.routes(),
    findings: false,
  });
}

function explain({ operands, options }: CommandLine, { stdout }: Terminal): Question {
  const request = readRequest(operands, options);
  return async (inspector) => {
    const explanation = await inspector.explain(request);
    if (isUnknown(explanation)) {
      throw new InputError(await describeUnknown(inspector, explanation));
    }
    return {
      text: explanationText(explanation, styleFor(stdout), widthOf(stdout)),
      json: explanation,
      findings: !explanation.readable,
    };
  };
}

function audit({ operands }: CommandLine, { stdout }: Terminal): Question {
  refuseOperands('audit', operands);
  return (inspector) => {
    const findings = inspector.audit();
    const rows = findings.map(({ code, subject, message, hint }) => [code, subject, `${message} ${hint}`]);
    const [header = '', ...lines] = table(['FINDING', 'WHERE', 'WHAT, AND WHAT TO DO'], rows, widthOf(stdout));
    const text = rows.length === 0 ? 'Nothing found.' : [styleFor(stdout).bold(header), ...lines].join('\n');
    return { text, json: findings, findings: findings.length > 0 };
  };
}

function refuseOperands(command: CommandName, [operand]: readonly string[]): void {
  if (operand !== undefined) {
    throw new InputError(`${command} takes options only: what is ${JSON.stringify(operand)}? See nestjs-cors --help.`);
  }
}
