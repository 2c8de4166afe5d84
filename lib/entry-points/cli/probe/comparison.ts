import type { CorsExplainedDecision, CorsExplanation } from '../../../inspect/explanation.js';
import type { Exchange } from '../../testing/wire.js';
import { type Answer, describe, headerOf, isAnswer, isGatewayStatus, linesOf, serverOf, varyOf } from './answers.js';
import { fault, type ProbeFinding } from './probe-finding.js';
import { shownUrl, shownValue } from './shown-url.js';

const PREFIX = 'access-control-';
const ALLOW_ORIGIN = 'access-control-allow-origin';

/** The result of a comparison with the application's own responses. */
export interface Comparison {
  readonly findings: readonly ProbeFinding[];
  /** The responses that are not the application's. They show nothing about its policy. */
  readonly replaced: readonly Answer[];
}

/** The differences between the application's own responses and those that arrived. */
export function compareAnswers(explanation: CorsExplanation, exchanges: readonly Exchange[]): Comparison {
  if (explanation.policy.external === true) {
    return { findings: [], replaced: [] };
  }
  const answers = exchanges.filter(isAnswer);
  const preflight = answers.find(({ kind }) => kind === 'preflight');
  // A request after a redirect differs from the explained one.
  const response = answers.find(({ kind }) => kind === 'request');
  // `exposedHeaders: 'all'` names the headers of the real response, which the explanation has not seen.
  const unknown =
    explanation.policy.fields.exposedHeaders.value === 'all' ? 'access-control-expose-headers' : undefined;
  const compared = [
    ...(preflight === undefined ? [] : [changes(preflight, explanation.preflight, explanation.preflight.status)]),
    ...(response === undefined ? [] : [changes(response, explanation.response, explanation.response.status, unknown)]),
  ];
  return {
    findings: compared.flatMap(({ findings }) => findings),
    replaced: compared.flatMap(({ replaced }) => replaced),
  };
}

function changes(answer: Answer, own: CorsExplainedDecision, status: number | undefined, unknown?: string): Comparison {
  // The headers of a response show nothing more if the application has not given it.
  const replaced = replacedAnswer(answer, own, status);
  if (replaced !== undefined) {
    return { findings: [replaced], replaced: [answer] };
  }
  const written = new Map(Object.entries(own.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const arrived = new Set(answer.response.headers.map(([name]) => name.toLowerCase()));
  const names = new Set([...written.keys(), ...arrived].filter((name) => name.startsWith(PREFIX) && name !== unknown));
  const changed = [...names].flatMap((name) => headerChange(answer, name, written.get(name), own));
  return { findings: [...changed, ...varyChange(answer, written.get('vary'))], replaced: [] };
}

/** Names what responded instead of the application, if its response shows that. */
function replacedAnswer(
  answer: Answer,
  own: CorsExplainedDecision,
  status: number | undefined,
): ProbeFinding | undefined {
  const { status: got } = answer.response;
  if (answer.kind === 'preflight' ? isOwnPreflight(answer, own) : hasOwnHeader(answer, own)) {
    return undefined;
  }
  const isPreflightGranted = answer.kind === 'preflight' && got >= 200 && got <= 299;
  if (isPreflightGranted && (status !== got || Object.keys(own.headers).length > 0)) {
    return replacedPreflight(answer, own);
  }
  if (status !== undefined && got !== status) {
    const cause = isGatewayStatus(got)
      ? 'A proxy got no answer from the application, and wrote its own.'
      : got >= 300 && got <= 399
        ? `Something in front of it redirects to ${shownUrl(headerOf(answer, 'location') ?? 'nowhere')}.`
        : `Something in front of it answered instead${answer.kind === 'preflight' ? ', or Origin was taken away on the way, and the application saw no preflight' : ''}.`;
    return fault(
      'changed-status',
      `${describe(answer)}: the application answers ${status}. ${cause}${serverOf(answer)}`,
      'Look at what is configured there for this path, and for OPTIONS requests.',
    );
  }
  return isGatewayStatus(got)
    ? fault(
        'changed-status',
        `${describe(answer)} has none of the headers that the application writes: a proxy wrote it${serverOf(answer)}.`,
        "Look into the proxy's error log.",
      )
    : undefined;
}

function hasOwnHeader(answer: Answer, own: CorsExplainedDecision): boolean {
  return Object.keys(own.headers).some((name) => linesOf(answer, name).length > 0);
}

/**
 * Headers of a preflight's response that no other program is likely to write with these values: the requested method alone, and
 * exactly the requested headers.
 */
const TELLING = new Set(['access-control-allow-methods', 'access-control-allow-headers']);

function isOwnPreflight(answer: Answer, own: CorsExplainedDecision): boolean {
  return Object.entries(own.headers).some(([name, value]) =>
    name.toLowerCase() === 'vary'
      ? varyOf(answer).has('access-control-request-method')
      : TELLING.has(name.toLowerCase()) && linesOf(answer, name).includes(value),
  );
}

function replacedPreflight(answer: Answer, own: CorsExplainedDecision): ProbeFinding {
  const decision = own.granted ? '' : ` The application refuses the preflight (${own.reason}).`;
  return fault(
    'replaced-preflight',
    `${describe(answer)} has none of the application's headers: something in front of it answered the preflight itself${serverOf(answer)}.${decision}`,
    'Remove its rule for OPTIONS (nginx: `if ($request_method = OPTIONS) { … return 204; }`), so that preflights reach the application. ' +
      'If there is none, Origin is taken away on the way (nginx: `proxy_set_header Origin ""`).',
  );
}

function headerChange(
  answer: Answer,
  name: string,
  own: string | undefined,
  decision: CorsExplainedDecision,
): ProbeFinding[] {
  const lines = linesOf(answer, name);
  const shown = shownValue(lines.join(', '));
  const subject = `${describe(answer)}: something between changed ${name}.`;
  if (own === undefined && name === ALLOW_ORIGIN && !decision.granted) {
    return [
      fault(
        'granted-although-refused',
        `${subject} The application refuses the origin (${decision.reason}), and what arrives allows ${shown}.`,
        'Remove the CORS headers of the proxy: it allows what the policy refuses.',
      ),
    ];
  }
  if (own === undefined) {
    return [
      fault('added-header', `${subject} The application does not write it, and what arrives has ${shown}.`, REMOVE),
    ];
  }
  if (lines.length === 0) {
    return [
      fault(
        'removed-header',
        `${subject} The application writes ${shownValue(own)}, and nothing arrives.`,
        name === ALLOW_ORIGIN
          ? 'Let the proxy pass it on (nginx: proxy_hide_header, add_header), and Origin to the application (nginx: proxy_set_header).'
          : 'Let the proxy pass it on (nginx: proxy_hide_header, add_header).',
      ),
    ];
  }
  if (lines.length > 1) {
    return [
      fault(
        'duplicated-header',
        `${subject} The application writes it once, and it arrives ${lines.length} times: ${shown}.`,
        REMOVE,
      ),
    ];
  }
  return lines[0] === own
    ? []
    : [
        fault(
          'changed-header',
          `${subject} The application writes ${shownValue(own)}, and what arrives has ${shown}.`,
          REMOVE,
        ),
      ];
}

const REMOVE = 'Remove the CORS headers of whatever is in front of the application.';

function varyChange(answer: Answer, own: string | undefined): ProbeFinding[] {
  const arrived = varyOf(answer);
  const missing = (own ?? '').split(', ').filter((name) => name !== '' && !arrived.has(name.toLowerCase()));
  return missing.length === 0 || arrived.has('*')
    ? []
    : [
        fault(
          'stripped-vary',
          `${describe(answer)}: something between took ${missing.join(' and ')} out of Vary. A cache then gives one origin's answer to another.`,
          'Let the proxy or the cache pass Vary on, or add Origin to its cache key (docs/caches.md).',
        ),
      ];
}
