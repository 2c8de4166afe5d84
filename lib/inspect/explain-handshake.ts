import type { HttpAdapterHost } from '@nestjs/core';
import { CORS_REASONS, type CorsReason, textsOf } from '../decision/reasons.js';
import { corsUnsafeHeaderNames } from '../fetch/safelist.js';
import type { GatewayGuard } from '../gateways/gateway-guard.js';
import { type GatewayPlace, namespaceName } from '../gateways/gateway-place.js';
import { type Handshake, readHandshake } from '../gateways/handshake.js';
import type { HandshakeEvaluation } from '../gateways/handshake-evaluator.js';
import type { HandshakePlace } from '../gateways/handshake-guard.js';
import { BY_URL } from '../gateways/upgrade-guard.js';
import { namesOf } from '../logging/decision-event.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import type { CorsEvaluator } from '../request/evaluator.js';
import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { adviceOn, credentialsAdvice } from './advice.js';
import {
  type DescribedHandshake,
  describeRequest,
  findGateway,
  pollingOf,
  rawPreflight,
  rawRequest,
} from './described-handshake.js';
import { describePolicy, describeRoute } from './descriptions.js';
import { ExplainingGuard } from './explaining-guard.js';
import type {
  CorsExplainedHandshake,
  CorsExplainedHandshakeDecision,
  CorsExplainedPollPreflight,
  CorsHandshakeExplanation,
} from './handshake-explanation.js';
import { outcomeOf } from './handshake-outcome.js';
import { describeGateway } from './sockets.js';

/** The parts of the library that decide about real handshakes. An explanation gives them a synthetic one. */
export interface HandshakeExplainer {
  readonly evaluator: CorsEvaluator;
  readonly registry: CorsPolicyRegistry;
  readonly guard: GatewayGuard;
  readonly host: HttpAdapterHost;
}

const LEFT: CorsReason = 'left-to-application';
const LEFT_GATEWAY = {
  message: '`gateways: false` leaves this gateway to the application: nestjs-cors decides nothing.',
  fix: 'Look at what the application checks, or write @CorsPolicy() on the gateway.',
};

/**
 * Explains a handshake: the guard of real handshakes decides about it.
 * @throws InexplicableHandshake where there is no such gateway, or no such request
 */
export async function explainHandshake(
  explainer: HandshakeExplainer,
  given: CorsExplainedHandshake,
): Promise<CorsHandshakeExplanation> {
  const { evaluator, registry, guard, host } = explainer;
  const gateway = findGateway(registry.gateways, guard, given);
  const place = gateway && guard.placeOf(gateway.port, gateway.options);
  const at = place ?? BY_URL;
  const request = describeRequest(given, gateway, guard);
  const explaining = new ExplainingGuard(host, evaluator);
  const raw = rawRequest(request);
  const handshake = readHandshake(raw, host.httpAdapter.getInstance());
  // The guard removes them where the policy allows none.
  const hasCredentials = raw.headers.cookie !== undefined || raw.headers.authorization !== undefined;
  // The response is evaluated first, so that its lookup calls show what was cached before.
  const { evaluation, response } =
    request.transport === 'websocket'
      ? await explaining.upgrade(raw, at)
      : await explaining.request(raw, at, pollingOf(raw));
  const lookupCalls = (await evaluation?.requestLookups?.transcript()) ?? [];
  const policy = evaluation?.decision.policy ?? policyAt(evaluator, handshake, at);
  const effective = registry.effectiveOf(policy);
  const decided = (of: HandshakeEvaluation | undefined, by: HandshakePlace): CorsExplainedHandshakeDecision =>
    of === undefined ? left(policyAt(evaluator, handshake, by), place) : described(registry, of, handshake, request);
  const preflight = await explainPreflight(registry, explaining, request, handshake, at, effective);
  const own = place && request.sid === undefined ? namespaceOf(place, request.namespace) : undefined;
  const namespace = own && decided((await explaining.join(rawRequest(request), own)).evaluation, own);
  const { isRefused = false, keepsCredentials = true, match } = evaluation ?? {};
  const cookies = keepsCredentials ? 'kept' : 'removed';
  const explained: Pick<CorsHandshakeExplanation, 'request' | 'preflight' | 'handshake' | 'namespace'> = {
    request,
    preflight,
    handshake: {
      ...decided(evaluation, at),
      status: isRefused ? 403 : undefined,
      cookies: hasCredentials && !isRefused ? cookies : undefined,
      headers: response?.corsHeaders ?? {},
    },
    namespace,
  };
  return {
    ...explained,
    gateways: (place?.gateways ?? []).map((each) => describeGateway(each, guard.created)),
    route: match && describeRoute(match.route),
    policy: describePolicy(effective),
    lookupCalls,
    ...outcomeOf({
      ...explained,
      withCredentials: credentialsAdvice({ origin: request.origin ?? '', policy: effective }),
      isFromOwnOrigin: handshake.isFromOwnOrigin,
      hasJoined: request.sid !== undefined && (place?.namespaces.size ?? 0) > 1,
    }),
  };
}

/** The preflight of a request of polling, where browsers may send one. */
async function explainPreflight(
  registry: CorsPolicyRegistry,
  explaining: ExplainingGuard,
  request: DescribedHandshake,
  { isFromOwnOrigin }: Handshake,
  place: HandshakePlace,
  fallback: EffectivePolicy,
): Promise<CorsExplainedPollPreflight | undefined> {
  const { transport, origin, method, headers } = request;
  if (transport !== 'polling' || origin === undefined || isFromOwnOrigin) {
    return undefined;
  }
  const names = corsUnsafeHeaderNames(Object.entries(headers));
  const raw = rawPreflight(request, names);
  const { preflight, response } = await explaining.request(raw, place, pollingOf(raw));
  const answer = { sent: names.length > 0, status: response?.statusCode ?? 0, headers: response?.corsHeaders ?? {} };
  if (preflight === undefined) {
    return { granted: CORS_REASONS[LEFT].granted, reason: LEFT, ...LEFT_GATEWAY, ...answer };
  }
  const { decision } = preflight;
  const { reason, kind } = decision;
  const refused = kind === 'refused' && decision.header !== undefined ? decision : undefined;
  const texts = namesOf({ reason, method, ...(refused === undefined ? {} : refused) });
  const policy = decision.policy === undefined ? fallback : registry.effectiveOf(decision.policy);
  return {
    granted: kind === 'granted',
    reason,
    ...(refused?.header === undefined ? {} : { header: refused.header, refusedHeaders: refused.headers ?? [] }),
    message: textsOf(reason, ...texts).message,
    fix: adviceOn(reason, texts, { origin, policy }),
    ...answer,
  };
}

/** The gateways of one namespace that decides about its own sockets, as in ServerGuard. */
function namespaceOf(place: GatewayPlace, name: string | undefined): GatewayPlace | undefined {
  if (name === undefined || place.namespaces.size < 2) {
    return undefined;
  }
  if (place.namespaces.has(name)) {
    return place.in(name);
  }
  const matching = place.gateways.find(
    ({ options: { namespace } }) => namespace instanceof RegExp && new RegExp(namespace).test(name),
  );
  return matching && place.in(namespaceName(matching.options.namespace));
}

/** The policy of a place that the application decides about. */
function policyAt(evaluator: CorsEvaluator, handshake: Handshake, place: HandshakePlace): CompiledPolicy {
  const [destination] = place.destinations(handshake, evaluator).flat();
  return (destination as NonNullable<typeof destination>).policy;
}

function left({ label: policy }: CompiledPolicy, place: GatewayPlace | undefined): CorsExplainedHandshakeDecision {
  return { accepted: true, reason: LEFT, policy, ...(place === undefined ? textsOf(LEFT) : LEFT_GATEWAY) };
}

function described(
  registry: CorsPolicyRegistry,
  { decision: { policy, reason }, isRefused }: HandshakeEvaluation,
  { origin, isFromOwnOrigin }: Handshake,
  { transport }: DescribedHandshake,
): CorsExplainedHandshakeDecision {
  const { message, fix } =
    reason === 'no-origin'
      ? textsWithoutOrigin(isFromOwnOrigin, transport)
      : {
          ...textsOf(reason),
          fix: adviceOn(reason, [], { origin: origin ?? '', policy: registry.effectiveOf(policy) }),
        };
  return { accepted: !isRefused, reason, policy: policy.label, message, fix };
}

function textsWithoutOrigin(
  isOwn: boolean,
  transport: DescribedHandshake['transport'],
): Pick<CorsExplainedHandshakeDecision, 'message' | 'fix'> {
  if (isOwn) {
    return { message: 'The page has the origin of the server itself.', fix: 'Granted to the own origin.' };
  }
  return transport === 'websocket'
    ? {
        message: 'The handshake has no Origin header, so no page of another origin opens this socket.',
        fix: 'Nothing: browsers send Origin with every WebSocket.',
      }
    : {
        message: 'The request has no Origin header, so no page of another origin can read the answer.',
        fix: 'Nothing: browsers send Origin with every request that a page of another origin reads.',
      };
}
