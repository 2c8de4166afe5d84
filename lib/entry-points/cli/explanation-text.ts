import type { CorsExplanation, CorsExplainedDecision } from '../../inspect/explanation.js';
import type { OriginLookupCall } from '../../lookup/request-lookups.js';
import type { CorsReason } from '../../decision/reasons.js';
import { type CorsPolicyDescription, describeSource } from '../../inspect/descriptions.js';
import { fieldText, handlerText } from './description-text.js';
import { table } from './table.js';
import type { Style } from './terminal.js';

const LEFT: CorsReason = 'left-to-application';

/** An explanation as text: the request, its policy, the headers that are sent, and what to do. */
export function explanationText(explanation: CorsExplanation, style: Style, width: number): string {
  const { policy, readable, conclusion } = explanation;
  return [
    ...requestLines(explanation.request),
    '',
    `${style.bold('Route')}      ${reachedText(explanation)}`,
    `${style.bold('Policy')}     ${policy.label}`,
    ...(policy.external === true ? [] : indented(policyLines(policy, width - 2))),
    ...explanation.lookupCalls.map((call) => `${style.bold('Lookup')}     ${lookupCallText(call)}`),
    '',
    `${style.bold('Preflight')}  ${preflightText(explanation)}`,
    ...(explanation.preflight.sent ? indented(headerLines(explanation.preflight)) : []),
    '',
    `${style.bold('Response')}   ${responseText(explanation)}`,
    ...indented(headerLines(explanation.response)),
    '',
    readable ? style.good(conclusion) : style.bad(conclusion),
  ].join('\n');
}

function requestLines({ method, path, origin, host, headers, credentials }: CorsExplanation['request']): string[] {
  return [
    `${method} ${path} of ${host}, for a script of ${origin}${credentials ? ', with credentials' : ''}`,
    ...indented(Object.entries(headers).map(([name, value]) => `${name}: ${value}`)),
  ];
}

function reachedText({ route, preflight }: CorsExplanation): string {
  if (route !== undefined) {
    return handlerText(route);
  }
  const { candidates } = preflight;
  return candidates.length === 0
    ? 'none: Nest routes nothing there'
    : `none for this request; with other headers ${candidates.map(handlerText).join(', or ')}`;
}

/** A lookup call in a line. */
export function lookupCallText({ subject, tenant, result, from, age }: OriginLookupCall): string {
  const cached = from === 'application' ? '' : ` (from the ${from}, ${(age / 1000).toFixed(1)} s old)`;
  return `${subject}${tenant === undefined ? '' : ` for tenant ${JSON.stringify(tenant)}`}: ${result}${cached}`;
}

/** The fields of a policy, each with where it was set. */
export function policyLines({ fields }: CorsPolicyDescription, width: number): string[] {
  const rows = Object.entries(fields).map(([name, { value, source }]) => [
    name,
    fieldText(name, value),
    describeSource(source),
  ]);
  return table(['FIELD', 'VALUE', 'FROM'], rows, width);
}

function preflightText({ preflight }: CorsExplanation): string {
  if (!preflight.sent) {
    return 'not sent: browsers send none before such a request';
  }
  const { granted, status, reason, candidates } = preflight;
  if (reason === LEFT) {
    return `sent, and left to the application that serves the path (${reason})`;
  }
  const shared =
    candidates.length > 1 ? `; granted when any of these grants it: ${candidates.map(handlerText).join(', ')}` : '';
  return `sent, ${granted ? 'granted' : 'refused'} with ${status} (${reason})${shared}`;
}

function responseText({ preflight, response }: CorsExplanation): string {
  const { granted, status, reason } = response;
  if (reason === LEFT) {
    return `left to the application that serves the path (${reason})`;
  }
  const outcome = `${granted ? 'granted' : 'refused'} (${reason})`;
  if (preflight.sent && !preflight.granted) {
    return `never requested, because the preflight is refused; without one it would be ${outcome}`;
  }
  return status === undefined ? outcome : `${outcome}, answered with ${status} instead of the handler`;
}

/** The CORS headers of an answer, one a line. */
export function headerLines({ headers }: Pick<CorsExplainedDecision, 'headers'>): string[] {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return lines.length === 0 ? ['no CORS headers'] : lines;
}

/** Lines with two spaces in front. */
export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
