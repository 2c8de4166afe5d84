import type { CorsInspector } from '../../../inspect/inspector.js';
import { describeUnknown, isUnknown } from '../../../inspect/unknown-route.js';
import type { FetchRequest } from '../../testing/fetch-request.js';
import type { CommandLine } from '../command-line.js';
import { LIST_ROUTES } from '../description-text.js';
import { readHost, readPath } from '../explained-request.js';
import type { CheckedCommand, Report } from '../report.js';
import { styleFor, type Terminal } from '../terminal.js';
import { compareAnswers, type Comparison } from './comparison.js';
import { findingsOf } from './probe-findings.js';
import { fault, type ProbeFinding, type ProbeFindingCode } from './probe-finding.js';
import { probeText, shownExchange } from './probe-text.js';
import { type ProbedRequest, readProbedRequest } from './probed-request.js';
import { probe as send, type Probing } from './probing.js';
import { shownUrl } from './shown-url.js';

/** The request for the application itself. A proxy may strip a prefix of the path, or send another `Host`. */
interface OwnTarget {
  readonly path: string;
  readonly host: string;
}

/**
 * Requests a deployed URL as a browser would.
 * @throws InputError where no script can send such a request
 */
export async function probe({ operands, options }: CommandLine, { stdout }: Terminal): Promise<CheckedCommand> {
  const probed = await readProbedRequest(operands, options);
  const { url } = probed;
  const target: OwnTarget = {
    path: options.path === undefined ? url.pathname + url.search : readPath(options.path),
    host: options.host === undefined ? url.host : readHost(options.host),
  };
  const report = async (inspector: CorsInspector | undefined): Promise<Report> => {
    const probing = await send(probed);
    const { findings: compared, replaced } =
      inspector === undefined ? NOT_COMPARED : await compare(inspector, probed.request, target, probing);
    const found = [...compared, ...withoutOverruled(findingsOf(probed.request, probing, replaced), compared)];
    // Findings that need a correction come first.
    const findings = found.toSorted((a, b) => Number(a.level === 'note') - Number(b.level === 'note'));
    return {
      text: probeText(probed, probing, findings, styleFor(stdout)),
      json: probeJson(probed, probing, findings),
      findings: probing.outcome.kind === 'blocked' || findings.some(({ level }) => level === 'fault'),
    };
  };
  return { application: 'optional', phase: `a response of ${url.host}`, report };
}

const NOT_COMPARED: Comparison = { findings: [], replaced: [] };

async function compare(
  inspector: CorsInspector,
  { method, origin, headers, credentials }: FetchRequest,
  target: OwnTarget,
  { exchanges }: Probing,
): Promise<Comparison> {
  const explanation = await inspector.explain({
    ...target,
    method,
    origin,
    headers: Object.fromEntries(headers),
    credentials: credentials === 'include',
  });
  return isUnknown(explanation)
    ? {
        findings: [
          fault(
            'unknown-route',
            `${await describeUnknown(inspector, explanation)} ${LIST_ROUTES}`,
            'Where a proxy strips a prefix, name the path that the application sees: --path /orders',
          ),
        ],
        replaced: [],
      }
    : compareAnswers(explanation, exchanges);
}

/** Findings that say less than one of the comparison. */
const OVERRULED: Partial<Record<ProbeFindingCode, ProbeFindingCode>> = {
  'vary-without-origin': 'stripped-vary',
  'gateway-error': 'changed-status',
  'missing-header': 'removed-header',
  'duplicated-header': 'duplicated-header',
  'answer-for-another-origin': 'duplicated-header',
};

function withoutOverruled(
  findings: readonly ProbeFinding[],
  compared: readonly ProbeFinding[],
): readonly ProbeFinding[] {
  const codes = new Set(compared.map(({ code }) => code));
  return findings.filter(({ code }) => !codes.has(OVERRULED[code] as ProbeFindingCode));
}

function probeJson(
  { request, url, sends }: ProbedRequest,
  { exchanges, outcome }: Probing,
  findings: readonly ProbeFinding[],
) {
  return {
    request: {
      method: request.method,
      url: shownUrl(url.href),
      origin: request.origin,
      headers: request.headers.map(([name]) => name),
      credentials: request.credentials === 'include',
      sent: sends,
    },
    exchanges: exchanges.map(shownExchange),
    outcome,
    readable: outcome.kind === 'readable' ? true : outcome.kind === 'blocked' ? false : null,
    findings,
  };
}
