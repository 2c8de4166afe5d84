import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CorsInspector } from '../../inspect/inspector.js';
import { type CorsManifest, diffManifests } from '../../inspect/manifest.js';
import type { CommandLine, CommandName } from './command-line.js';
import { readRequest } from './explained-request.js';
import { explanationText } from './explanation-text.js';
import { InputError, sentenceOf } from './input-error.js';
import { routesText } from './routes-text.js';
import { table } from './table.js';
import { type Terminal, styleFor, widthOf } from './terminal.js';
import { describeUnknown, isUnknown } from './unknown-route.js';

/** The output of a command. */
export interface Report {
  /** For a terminal. */
  readonly text: string;
  /** For `--json`. */
  readonly json: unknown;
  /** Whether `--strict` fails. */
  readonly findings: boolean;
}

/** A command whose input is already checked, so that no application boots in vain. */
export type CheckedCommand = (inspector: CorsInspector) => Report | Promise<Report>;

type Command = (line: CommandLine, terminal: Terminal) => CheckedCommand;

export const COMMANDS: Readonly<Record<CommandName, Command>> = { routes, explain, audit };

function routes({ operands, options }: CommandLine, { stdout, cwd }: Terminal): CheckedCommand {
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

function explain({ operands, options }: CommandLine, { stdout }: Terminal): CheckedCommand {
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

function audit({ operands }: CommandLine, { stdout }: Terminal): CheckedCommand {
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
    throw new InputError(`${command} takes options only: got ${JSON.stringify(operand)}. See nestjs-cors --help.`);
  }
}

/**
 * Reads the manifest that `routes --manifest` wrote.
 * @throws InputError where the file is missing, or is no manifest
 */
export function readManifest(file: string, cwd: string): CorsManifest {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw new InputError(`${file} can't be read as JSON (${sentenceOf(error)}). ${WRITE_IT} ${file}`, { cause: error });
  }
  if (!isManifest(content)) {
    throw new InputError(`${file} is no manifest of this version of nestjs-cors. ${WRITE_IT} ${file}`);
  }
  return content;
}

const WRITE_IT = 'Write it with: nestjs-cors routes --manifest --module ... >';

function isManifest(content: unknown): content is CorsManifest {
  return (
    isRecord(content) &&
    content['version'] === 1 &&
    isRecord(content['default']) &&
    [content['paths'], content['routes']].every(
      (policies) => isRecord(policies) && Object.values(policies).every(isRecord),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
