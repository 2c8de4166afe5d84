import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { type CorsReason, textsOf } from '../decision/reasons.js';
import type { GatewayGuard } from '../gateways/gateway-guard.js';
import { type GatewayPlace, namespaceName } from '../gateways/gateway-place.js';
import { type Handshake, readHandshake } from '../gateways/handshake.js';
import { type HandshakeEvaluation, evaluateHandshake } from '../gateways/handshake-evaluator.js';
import type { HandshakePlace } from '../gateways/handshake-guard.js';
import { BY_URL } from '../gateways/upgrade-guard.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { CorsEvaluator } from '../request/evaluator.js';
import type { CorsPolicyRegistry, GatewayPolicy } from '../routing/policy-registry.js';
import { pathOf } from '../routing/request-target.js';
import { adviceOn } from './advice.js';
import { describePolicy, describeRoute } from './descriptions.js';
import type {
  CorsExplainedHandshake,
  CorsExplainedHandshakeDecision,
  CorsHandshakeExplanation,
} from './handshake-explanation.js';
import { describeGateway } from './sockets.js';
import { syntheticRequest } from './synthetic-exchange.js';

/** The parts of the library that decide about real handshakes. An explanation evaluates a synthetic one. */
export interface HandshakeExplainer {
  readonly evaluator: CorsEvaluator;
  readonly registry: CorsPolicyRegistry;
  readonly guard: GatewayGuard;
  /** The application of Express, or the instance of Fastify. */
  readonly instance: unknown;
}

type Request = CorsHandshakeExplanation['request'];

const LEFT: CorsReason = 'left-to-application';
const LEFT_GATEWAY = {
  message: '`gateways: false` leaves this gateway to the application: nestjs-cors decides nothing.',
  fix: 'Look at what the application checks, or write @CorsPolicy() on the gateway.',
};

/**
 * Explains a handshake by the evaluation that real handshakes have.
 * @throws Error where there is no such gateway
 */
export async function explainHandshake(
  explainer: HandshakeExplainer,
  given: CorsExplainedHandshake,
): Promise<CorsHandshakeExplanation> {
  const { registry, guard } = explainer;
  const gateway = findGateway(explainer, given);
  const place = gateway && guard.placeOf(gateway.port, gateway.options);
  const request = completed(given, gateway, explainer);
  const handshake = readHandshake(rawOf(request), explainer.instance);
  const evaluation = await evaluate(explainer, handshake, place ?? BY_URL, request.transport === 'jsonp');
  const own = place && namespaceOf(place, request.namespace);
  const joined = own && (await evaluate(explainer, handshake, own));
  const decided = (of: HandshakeEvaluation | undefined, at: HandshakePlace): CorsExplainedHandshakeDecision =>
    of === undefined ? left(policyAt(explainer, handshake, at), place) : described(explainer, of, handshake);
  const decision = decided(evaluation, place ?? BY_URL);
  const { isRefused = false, keepsCredentials = true, match } = evaluation ?? {};
  const cookies = keepsCredentials ? 'kept' : 'removed';
  const namespace = own && decided(joined, own);
  const decisive = decision.accepted && namespace !== undefined ? namespace : decision;
  const governing = evaluation?.decision.policy ?? policyAt(explainer, handshake, place ?? BY_URL);
  return {
    request,
    gateways: (place?.gateways ?? []).map((each) => describeGateway(each, guard.created)),
    route: match && describeRoute(match.route),
    policy: describePolicy(registry.effectiveOf(governing)),
    lookupCalls: (await evaluation?.requestLookups?.transcript()) ?? [],
    handshake: {
      ...decision,
      status: isRefused ? 403 : undefined,
      cookies: request.credentials && !isRefused ? cookies : undefined,
    },
    namespace,
    accepted: decisive.accepted,
    conclusion: conclusionOf(decisive, decisive === namespace ? request.namespace : undefined),
  };
}

function evaluate(
  { evaluator }: HandshakeExplainer,
  handshake: Handshake,
  place: HandshakePlace,
  isJsonp = false,
): Promise<HandshakeEvaluation | undefined> {
  const evaluation = evaluateHandshake(evaluator, handshake, place.destinations(handshake, evaluator), isJsonp);
  return Promise.resolve(evaluation);
}

/** The gateway that is named, or the first that takes the path. Gateways of one server have one handshake. */
function findGateway(
  { registry, guard }: HandshakeExplainer,
  { gateway: name, path, port }: CorsExplainedHandshake,
): GatewayPolicy | undefined {
  const { gateways } = registry;
  if (name !== undefined) {
    const named = gateways.find((each) => each.gateway.name === name);
    if (named === undefined) {
      const names = gateways.map((each) => each.gateway.name).join(', ');
      throw new Error(`There is no gateway ${JSON.stringify(name)}. The gateways are: ${names || 'none'}.`);
    }
    return named;
  }
  const found = gateways.find((each) => each.port === (port ?? 0) && takes(each, guard, path ?? '/'));
  if (found === undefined && port !== undefined) {
    throw new Error(`No gateway takes ${path ?? '/'} on port ${port}.`);
  }
  return found;
}

/** Whether the server of a gateway takes a URL, as engine.io and WsAdapter compare it. */
function takes(gateway: GatewayPolicy, guard: GatewayGuard, url: string): boolean {
  const { kind, path } = guard.created.of(gateway);
  const pathname = pathOf(url);
  return pathname === path || (kind === 'socket.io' && pathname.startsWith(`${path}/`));
}

function completed(
  { gateway: named, path, namespace, origin, site, host, transport, credentials }: CorsExplainedHandshake,
  gateway: GatewayPolicy | undefined,
  { guard }: HandshakeExplainer,
): Request {
  const server = gateway && guard.created.of(gateway);
  const own = named === undefined ? undefined : gateway?.options.namespace;
  return {
    path: path ?? server?.path ?? '/',
    port: gateway === undefined || gateway.port === 0 ? undefined : gateway.port,
    namespace: server?.kind === 'socket.io' ? namespaceName(namespace ?? own) : undefined,
    origin,
    site,
    host: host ?? 'localhost',
    transport: transport ?? 'websocket',
    credentials: credentials ?? false,
  };
}

function rawOf({ path, host, origin, site, transport, credentials }: Request): IncomingMessage {
  const { method, url, headers } = syntheticRequest('GET', path, host, {
    ...(origin === undefined ? {} : { origin }),
    ...(site === undefined ? {} : { 'sec-fetch-site': site }),
    ...(transport === 'websocket' ? { connection: 'Upgrade', upgrade: 'websocket' } : {}),
    ...(credentials ? { cookie: 'explained=1' } : {}),
  });
  return Object.assign(new IncomingMessage(new Socket()), { method, url, headers });
}

/** The gateways of one namespace, where it decides about its own sockets, as ServerGuard has it. */
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
function policyAt({ evaluator }: HandshakeExplainer, handshake: Handshake, place: HandshakePlace): CompiledPolicy {
  const [destination] = place.destinations(handshake, evaluator).flat();
  return (destination as NonNullable<typeof destination>).policy;
}

function left({ label: policy }: CompiledPolicy, place: GatewayPlace | undefined): CorsExplainedHandshakeDecision {
  return { accepted: true, reason: LEFT, policy, ...(place === undefined ? textsOf(LEFT) : LEFT_GATEWAY) };
}

function described(
  { registry }: HandshakeExplainer,
  { decision: { policy, reason }, isRefused }: HandshakeEvaluation,
  { origin, isFromOwnOrigin }: Handshake,
): CorsExplainedHandshakeDecision {
  const { message, fix } =
    reason === 'no-origin'
      ? textsWithoutOrigin(isFromOwnOrigin)
      : {
          ...textsOf(reason),
          fix: adviceOn(reason, [], { origin: origin ?? '', policy: registry.effectiveOf(policy) }),
        };
  return { accepted: !isRefused, reason, policy: policy.label, message, fix };
}

function textsWithoutOrigin(isOwn: boolean): Pick<CorsExplainedHandshakeDecision, 'message' | 'fix'> {
  return isOwn
    ? { message: 'The page has the origin of the server itself.', fix: 'Granted to the own origin.' }
    : {
        message: 'The handshake has no Origin header, so no page of another origin opens this socket.',
        fix: 'Nothing: browsers send Origin with every WebSocket.',
      };
}

function conclusionOf(
  { accepted, reason, message, fix }: CorsExplainedHandshakeDecision,
  namespace: string | undefined,
): string {
  if (reason === LEFT) {
    return `Not decided here: ${message} ${fix}`;
  }
  const at = namespace === undefined ? '' : ` by the namespace ${namespace}`;
  return accepted ? `Accepted${at}: ${message}` : `Refused${at}: ${message} ${fix}`;
}
