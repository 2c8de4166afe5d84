import type { CorsReason } from '../decision/reasons.js';
import type { DescribedHandshake } from './described-handshake.js';
import type {
  CorsExplainedHandshakeDecision,
  CorsExplainedPollPreflight,
  CorsHandshakeExplanation,
} from './handshake-explanation.js';

const LEFT: CorsReason = 'left-to-application';

/** The decisions about a handshake, in the order in which a client meets them. */
export interface HandshakeDecisions {
  readonly request: DescribedHandshake;
  readonly preflight: CorsExplainedPollPreflight | undefined;
  readonly handshake: CorsHandshakeExplanation['handshake'];
  readonly namespace: CorsExplainedHandshakeDecision | undefined;
  /** The change that would let a page with credentials read the response, as a sentence. */
  readonly withCredentials: string;
  readonly isFromOwnOrigin: boolean;
  /** Whether namespaces have decided about their sockets when the session began. */
  readonly hasJoined: boolean;
}

/** Whether the page gets its socket or its answer, and why. */
export function outcomeOf(decisions: HandshakeDecisions): Pick<CorsHandshakeExplanation, 'accepted' | 'conclusion'> {
  const { request, preflight, handshake, namespace, withCredentials, hasJoined } = decisions;
  if (preflight?.sent && !preflight.granted && preflight.reason !== LEFT) {
    return { accepted: false, conclusion: `Refused by the preflight: ${preflight.message} ${preflight.fix}` };
  }
  if (handshake.accepted && isHidden(decisions)) {
    const conclusion = `Refused by the browser: polling carries credentials, and the policy does not allow them. ${withCredentials}`;
    return { accepted: false, conclusion };
  }
  const decisive = handshake.accepted && namespace !== undefined ? namespace : handshake;
  const { accepted, reason, message, fix } = decisive;
  if (reason === LEFT) {
    return { accepted, conclusion: `Not decided here: ${message} ${fix}` };
  }
  const at = decisive === namespace ? ` by the namespace ${request.namespace}` : '';
  const joined = accepted && hasJoined ? ' Each namespace decided when the session began.' : '';
  return { accepted, conclusion: accepted ? `Accepted${at}: ${message}${joined}` : `Refused${at}: ${message} ${fix}` };
}

/** Whether the browser hides the answer to polling from the page, because no credentials are allowed. */
function isHidden({ request, preflight, handshake, isFromOwnOrigin }: HandshakeDecisions): boolean {
  const { transport, credentials, origin } = request;
  const permits = ({ headers }: Pick<CorsExplainedPollPreflight, 'headers'>): boolean =>
    headers['Access-Control-Allow-Credentials'] === 'true';
  return (
    transport === 'polling' &&
    credentials &&
    origin !== undefined &&
    !isFromOwnOrigin &&
    handshake.reason !== LEFT &&
    !(permits(handshake) && (preflight?.sent !== true || permits(preflight)))
  );
}
