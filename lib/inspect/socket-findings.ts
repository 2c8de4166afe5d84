import type { GatewayServers } from '../gateways/gateway-servers.js';
import { webTransportGateways } from '../gateways/gateway-problems.js';
import { namespaceName } from '../gateways/gateway-place.js';
import type { GraphqlEndpoint } from '../gateways/graphql-endpoints.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import type { CorsPolicyRegistry, GatewayPolicy } from '../routing/policy-registry.js';
import type { RegisteredRoute } from '../routing/route.js';
import { type CorsAuditFinding, finding } from './audit-finding.js';
import type { SocketPlaces } from './sockets.js';
import { syntheticRequest } from './synthetic-exchange.js';

/** Under which @nestjs/common stores that `@Sse()` is on a handler. */
const SSE_METADATA = '__sse__';

/** The risks of gateways, GraphQL endpoints and connections that stay open. */
export function socketFindings(places: SocketPlaces): CorsAuditFinding[] {
  const { registry, servers, endpoints, router } = places;
  return [
    ...registry.gateways.flatMap((gateway) => gatewayFindings(gateway, servers)),
    ...webTransportGateways(registry).map((name) =>
      finding(
        'gateway-webtransport',
        name,
        'Sessions of WebTransport come without a request, so no policy decides about them.',
      ),
    ),
    ...recoveredSockets(registry),
    ...endpoints.flatMap((endpoint) => endpointFindings(endpoint, places)),
    ...staySockets(places),
    ...stayStreams(registry, router.routes),
  ];
}

function gatewayFindings(gateway: GatewayPolicy, servers: GatewayServers): CorsAuditFinding[] {
  const { policy } = gateway;
  const { name } = gateway.gateway;
  if (policy.external === true) {
    const { kind, name: server } = servers.of(gateway);
    const unknown = kind === 'unknown' ? ` Nothing could stand in front of its server (${server}) anyway.` : '';
    const message = `\`gateways: false\` leaves it to the application: pages of any origin may connect, with the visitor's cookies.${unknown}`;
    return [finding('gateway-left-to-application', name, message)];
  }
  return policy.fields.origin.value.kind === 'any'
    ? [finding('gateway-open-to-all', name, `Pages of every origin may open its sockets, by ${policy.label}.`)]
    : [];
}

/** A recovered socket skips the middleware that decides for its namespace. */
function recoveredSockets(registry: CorsPolicyRegistry): CorsAuditFinding[] {
  return registry.gateways.flatMap(({ gateway, port, options, policy }) => {
    const siblings = registry.gateways.filter((each) => each.port === port && each.options.path === options.path);
    const isShared = siblings.some(
      (each) => each.policy !== policy && namespaceOf(each) !== namespaceName(options.namespace),
    );
    return isShared && recoversWithoutMiddleware(options)
      ? [finding('recovered-socket-skips-policy', gateway.name, RECOVERED)]
      : [];
  });
}

const RECOVERED =
  'A socket that is recovered joins its namespace without asking for the policy of the namespace: the handshake, which other namespaces may have allowed, is enough.';

function recoversWithoutMiddleware(options: object): boolean {
  const { connectionStateRecovery: recovery } = options as {
    readonly connectionStateRecovery?: { readonly skipMiddlewares?: unknown };
  };
  return recovery !== undefined && recovery.skipMiddlewares !== false;
}

function endpointFindings(
  { path, preventsCsrf }: GraphqlEndpoint,
  { registry, router }: SocketPlaces,
): CorsAuditFinding[] {
  const { policy } = router.actual('POST', path, syntheticRequest('POST', path, 'localhost', {}));
  const { external, fields, label } = registry.effectiveOf(policy);
  const subject = `GraphQL ${path}`;
  const isOpen = external !== true && fields.origin.value.kind === 'any';
  return [
    ...(isOpen
      ? [finding('state-change-open-to-all', subject, `Scripts of every origin may call it, by ${label}.`)]
      : []),
    // Refused requests do not reach the endpoint where the policy rejects, whether they have a preflight or not.
    ...(preventsCsrf === false && !(external !== true && fields.rejectDisallowed.value)
      ? [finding('graphql-without-csrf-prevention', subject, CSRF)]
      : []),
  ];
}

const CSRF =
  "A page of any origin can have the visitor's browser send it queries and mutations, as a form does: such requests need no preflight, so CORS hides the answer and does not stop them.";

/** The default of sockets is to be closed. */
function staySockets({ registry, hasOtherUpgrades }: SocketPlaces): CorsAuditFinding[] {
  const { catalog, gateways, paths } = registry;
  const others = hasOtherUpgrades ? [catalog.defaults, ...paths.map(({ policy }) => policy)] : [];
  const policies = [...gateways.map(({ policy }) => policy), ...others].filter(mayRevoke);
  return catalog.sockets.closeRevoked || policies.length === 0
    ? []
    : [stays('sockets.closeRevoked', 'Open WebSockets', policies)];
}

/** The default of event streams is to stay open. */
function stayStreams(registry: CorsPolicyRegistry, routes: readonly RegisteredRoute[]): CorsAuditFinding[] {
  const policies = routes
    .filter(({ controller, methodName }) => {
      const handler: unknown = (controller.prototype as Record<string, unknown>)[methodName];
      return typeof handler === 'function' && Reflect.hasMetadata(SSE_METADATA, handler);
    })
    .map(({ policy }) => registry.effectiveOf(policy))
    .filter(mayRevoke);
  return registry.catalog.eventStreams.closeRevoked || policies.length === 0
    ? []
    : [stays('eventStreams.closeRevoked', 'Open event streams', policies)];
}

function stays(subject: string, what: string, policies: readonly EffectivePolicy[]): CorsAuditFinding {
  const labels = [...new Set(policies.map(({ label }) => label))];
  const named =
    labels.length > 3 ? `${labels.slice(0, 3).join(', ')} and ${labels.length - 3} more` : labels.join(', ');
  return finding(
    'revoked-connections-stay-open',
    subject,
    `${what} of an origin that a lookup no longer allows stay open, under ${named}: its pages go on reading for as long as they like.`,
  );
}

/** Whether an origin may lose its access while the application runs. */
function mayRevoke({ fields: { origin, originLookup } }: EffectivePolicy): boolean {
  return originLookup.value !== undefined || origin.value.kind === 'predicate';
}

function namespaceOf({ options }: GatewayPolicy): string {
  return namespaceName(options.namespace);
}
