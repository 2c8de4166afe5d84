import type { CorsReason } from '../../decision/reasons.js';
import type {
  CorsExplainedHandshakeDecision,
  CorsExplainedPollPreflight,
  CorsHandshakeExplanation,
} from '../../inspect/handshake-explanation.js';
import { handlerText } from './description-text.js';
import { headerLines, indented, lookupCallText, policyLines } from './explanation-text.js';
import type { Style } from './terminal.js';

const LEFT: CorsReason = 'left-to-application';

const COOKIES = {
  kept: 'the application sees them',
  removed: 'removed before the application sees the request',
} as const;

/** The explanation of a handshake as text. */
export function handshakeText(explanation: CorsHandshakeExplanation, style: Style, width: number): string {
  const { policy, lookupCalls, preflight, handshake, namespace, accepted, conclusion, request } = explanation;
  return [
    requestText(request),
    '',
    `${style.bold('Opened by')}  ${openedBy(explanation)}`,
    `${style.bold('Policy')}     ${policy.label}`,
    ...(policy.external === true ? [] : policyLines(policy, width - 2).map((line) => `  ${line}`)),
    ...lookupCalls.map((call) => `${style.bold('Lookup')}     ${lookupCallText(call)}`),
    '',
    ...(preflight === undefined ? [] : preflightLines(preflight, style)),
    `${style.bold('Handshake')}  ${decisionText(handshake)}${handshake.status === undefined ? '' : ` with ${handshake.status}`}`,
    ...(handshake.cookies === undefined ? [] : [`${style.bold('Cookies')}    ${COOKIES[handshake.cookies]}`]),
    ...(request.transport === 'polling' && preflight !== undefined ? indented(headerLines(handshake)) : []),
    ...(namespace === undefined
      ? []
      : [`${style.bold('Namespace')}  ${request.namespace}: ${decisionText(namespace)} by ${namespace.policy}`]),
    '',
    accepted ? style.good(conclusion) : style.bad(conclusion),
  ].join('\n');
}

function requestText(request: CorsHandshakeExplanation['request']): string {
  const { method, path, host, origin, site, transport, sid, credentials } = request;
  const client = origin === undefined ? 'a client without Origin' : `a page of ${origin}`;
  const notes = [
    ...(site === undefined ? [] : [`Sec-Fetch-Site: ${site}`]),
    ...(credentials ? ['with cookies'] : []),
    ...(sid === undefined ? [] : [`in the session ${sid}`]),
  ].map((note) => `, ${note}`);
  return `${transport} ${method === 'GET' ? '' : `${method} `}${path} of ${host}, for ${client}${notes.join('')}`;
}

function preflightLines(preflight: CorsExplainedPollPreflight, style: Style): string[] {
  const { sent, granted, status, reason } = preflight;
  const outcome =
    reason === LEFT
      ? `left to the application (${reason})`
      : `${granted ? 'granted' : 'refused'} with ${status} (${reason})`;
  return [
    `${style.bold('Preflight')}  ${sent ? `sent, ${outcome}` : 'not sent: browsers send none before such a request'}`,
    ...(sent ? indented(headerLines(preflight)) : []),
  ];
}

function openedBy({ gateways, route }: CorsHandshakeExplanation): string {
  if (gateways.length > 0) {
    const names = gateways.map(({ gateway, namespace }) =>
      namespace === undefined ? String(gateway) : `${gateway} (${namespace})`,
    );
    return `${names.join(', ')}${names.length > 1 ? ', which share the handshake' : ''}`;
  }
  return route === undefined ? "what listens to the server's upgrades" : handlerText(route);
}

function decisionText({ accepted, reason }: CorsExplainedHandshakeDecision): string {
  return reason === LEFT ? `left to the application (${reason})` : `${accepted ? 'accepted' : 'refused'} (${reason})`;
}
