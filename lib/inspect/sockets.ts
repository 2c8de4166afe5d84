import type { GatewayServers } from '../gateways/gateway-servers.js';
import type { GraphqlEndpoint } from '../gateways/graphql-endpoints.js';
import { namespaceName } from '../gateways/gateway-place.js';
import type { CorsPolicyRegistry, GatewayPolicy } from '../routing/policy-registry.js';
import type { RequestRouter } from '../routing/request-router.js';
import { type CorsPolicyDescription, describePolicy } from './descriptions.js';
import { syntheticRequest } from './synthetic-exchange.js';

/** Where WebSockets are opened, as JSON can hold it. */
export interface CorsSocketDescription {
  /**
   * `gateway`: a `@WebSocketGateway()`; `graphql`: the subscriptions of an endpoint of @nestjs/graphql; `upgrade`: anything
   * else that listens to upgrades of the application's server.
   */
  readonly kind: 'gateway' | 'graphql' | 'upgrade';
  /** Path of the URL; `*` for all that no entry of `paths` names. */
  readonly path: string;
  /** The class of the gateway. Absent elsewhere. */
  readonly gateway?: string;
  /** Port of the gateway. Absent where it shares the application's. */
  readonly port?: number;
  /** Namespace of socket.io. Absent without one. */
  readonly namespace?: string;
}

/** A place where WebSockets are opened, with its policy. */
export interface CorsSocketPolicy extends CorsSocketDescription {
  /** Of an `external` policy, no field is applied: the application decides. */
  readonly policy: CorsPolicyDescription;
}

/** The sources of the list of sockets. */
export interface SocketPlaces {
  readonly registry: CorsPolicyRegistry;
  readonly router: RequestRouter;
  readonly servers: GatewayServers;
  readonly endpoints: readonly GraphqlEndpoint[];
  /** Whether something but gateways listens to upgrades of the application's server. */
  readonly hasOtherUpgrades: boolean;
}

/** Every gateway, then the subscriptions of GraphQL, then the paths of other upgrades. */
export function socketPolicies(places: SocketPlaces): CorsSocketPolicy[] {
  const named = namedSockets(places);
  return [...named, ...otherUpgrades(places, new Set(named.map(({ path }) => path)))];
}

/** The sockets that the configuration alone shows. */
export function namedSockets({ registry, router, servers, endpoints }: SocketPlaces): CorsSocketPolicy[] {
  const gateways = registry.gateways.map((gateway): CorsSocketPolicy => ({
    ...describeGateway(gateway, servers),
    policy: describePolicy(gateway.policy),
  }));
  const subscriptions = endpoints
    .flatMap((endpoint) => endpoint.subscriptions)
    .map((path): CorsSocketPolicy => {
      // A handshake has the policy that a GET of its URL has.
      const { policy } = router.actual('GET', path, syntheticRequest('GET', path, 'localhost', {}));
      return { kind: 'graphql', path, policy: describePolicy(registry.effectiveOf(policy)) };
    });
  return [...gateways, ...subscriptions];
}

export function describeGateway(gateway: GatewayPolicy, servers: GatewayServers): CorsSocketDescription {
  const { port, options } = gateway;
  return {
    kind: 'gateway',
    path: servers.of(gateway).path,
    gateway: gateway.gateway.name,
    ...(port === 0 ? {} : { port }),
    ...(options.namespace === undefined ? {} : { namespace: namespaceName(options.namespace) }),
  };
}

function otherUpgrades({ registry, hasOtherUpgrades }: SocketPlaces, known: ReadonlySet<string>): CorsSocketPolicy[] {
  if (!hasOtherUpgrades) {
    return [];
  }
  const entries = [...registry.paths, { path: '*', policy: registry.catalog.defaults }];
  return entries
    .filter(({ path }) => !known.has(path))
    .map(({ path, policy }) => ({ kind: 'upgrade', path, policy: describePolicy(policy) }));
}
