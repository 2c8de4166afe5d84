import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CorsInspector } from '../../inspect/inspector.js';
import { type CorsManifest, diffManifests, manifestWithoutOrigins } from '../../inspect/manifest.js';
import { describeUnknown, isUnknown } from '../../inspect/unknown-route.js';
import type { CommandLine, CommandName } from './command-line.js';
import { LIST_ROUTES } from './description-text.js';
import { readRequest } from './explained-request.js';
import {
  assertKnown,
  assertTaken,
  atPort,
  explainFor,
  isHandshake,
  readHandshakeRequest,
  refuseHandshakeOptions,
} from './explained-handshake.js';
import { explanationText } from './explanation-text.js';
import { handshakeText } from './handshake-text.js';
import { InputError, sentenceOf } from './input-error.js';
import { migrate } from './migrate/migrate-command.js';
import { probe } from './probe/probe-command.js';
import type { CheckedCommand, Report } from './report.js';
import { routesText } from './routes-text.js';
import { table } from './table.js';
import { type Terminal, styleFor, widthOf } from './terminal.js';

type Command = (line: CommandLine, terminal: Terminal) => CheckedCommand | Promise<CheckedCommand>;

export const COMMANDS: Readonly<Record<CommandName, Command>> = { routes, explain, audit, probe, migrate };

function routes({ operands, options }: CommandLine, { stdout, cwd }: Terminal): CheckedCommand {
  refuseOperands('routes', operands);
  const { compare, manifest: prints = false, 'without-origins': withoutOrigins = false } = options;
  if (compare !== undefined && prints) {
    throw new InputError('--manifest prints a manifest, and --compare reads one: choose one of them.');
  }
  if (withoutOrigins && compare === undefined && !prints) {
    throw new InputError('--without-origins belongs to --manifest or to --compare: write one of them as well.');
  }
  const read = withoutOrigins ? manifestWithoutOrigins : (manifest: CorsManifest) => manifest;
  if (compare !== undefined) {
    const committed = read(readManifest(compare, cwd));
    return booted((inspector) => {
      const differences = diffManifests(committed, read(inspector.manifest()));
      const text = differences.length === 0 ? `The policies are those of ${compare}.` : differences.join('\n');
      return { text, json: differences, findings: differences.length > 0 };
    });
  }
  if (prints) {
    return booted((inspector) => {
      const json = read(inspector.manifest());
      return { text: JSON.stringify(json, undefined, 2), json, findings: false };
    });
  }
  return booted((inspector) => ({
    text: routesText(inspector, styleFor(stdout), widthOf(stdout)),
    json: inspector.routes(),
    findings: false,
  }));
}

function explain(line: CommandLine, terminal: Terminal): CheckedCommand {
  const { operands, options } = line;
  if (isHandshake(operands, options)) {
    return explainHandshake(line, terminal);
  }
  refuseHandshakeOptions(options);
  const { stdout } = terminal;
  const request = readRequest(operands, options);
  return booted(async (inspector) => {
    const explanation = await inspector.explain(request);
    if (isUnknown(explanation)) {
      throw new InputError(`${await describeUnknown(inspector, explanation)} ${LIST_ROUTES}`);
    }
    return {
      text: explanationText(explanation, styleFor(stdout), widthOf(stdout)),
      json: explanation,
      findings: !explanation.readable,
    };
  });
}

function explainHandshake({ operands, options }: CommandLine, { stdout }: Terminal): CheckedCommand {
  const request = readHandshakeRequest(operands, options);
  return booted(async (inspector) => {
    assertKnown(request, inspector);
    const explanation = await explainFor(inspector, atPort(request, inspector.sockets()));
    assertTaken(explanation, inspector);
    return {
      text: handshakeText(explanation, styleFor(stdout), widthOf(stdout)),
      json: explanation,
      findings: !explanation.accepted,
    };
  });
}

function audit({ operands }: CommandLine, { stdout }: Terminal): CheckedCommand {
  refuseOperands('audit', operands);
  return booted((inspector) => {
    const findings = inspector.audit();
    const rows = findings.map(({ code, subject, message, hint }) => [code, subject, `${message} ${hint}`]);
    const [header = '', ...lines] = table(['FINDING', 'WHERE', 'WHAT, AND WHAT TO DO'], rows, widthOf(stdout));
    const text = rows.length === 0 ? 'Nothing found.' : [styleFor(stdout).bold(header), ...lines].join('\n');
    return { text, json: findings, findings: findings.length > 0 };
  });
}

function booted(report: (inspector: CorsInspector) => Report | Promise<Report>): CheckedCommand {
  return { application: 'required', report };
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
    [content['paths'], content['routes'], content['sockets'] ?? {}].every(
      (policies) => isRecord(policies) && Object.values(policies).every(isRecord),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
