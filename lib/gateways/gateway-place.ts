import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { CorsPolicyRegistry, GatewayPolicy } from '../routing/policy-registry.js';
import type { EventPlace } from '../request/decision-reporter.js';
import type { DestinationGroups } from './handshake-evaluator.js';
import type { HandshakePlace } from './handshake-guard.js';

/** The gateways that share one server, or one namespace of it. */
export class GatewayPlace implements HandshakePlace {
  readonly shown: EventPlace;
  private groups: DestinationGroups | undefined;

  /** @param path where the server takes handshakes */
  constructor(
    readonly gateways: readonly GatewayPolicy[],
    readonly path: string,
    private readonly registry: CorsPolicyRegistry,
  ) {
    const names = [...new Set(gateways.map(({ gateway }) => gateway.name))];
    const [namespace, another] = this.namespaces;
    this.shown = {
      route: path,
      handler: names.join(', ') || 'WebSocketAdapter',
      ...(namespace === undefined || namespace === '/' || another !== undefined ? {} : { namespace }),
    };
  }

  /** The gateways, on a server that takes handshakes at this path. */
  at(path: string): GatewayPlace {
    return new GatewayPlace(this.gateways, path, this.registry);
  }

  /** Whether nestjs-cors decides about some of the gateways. */
  get isGoverned(): boolean {
    const { gateways, registry } = this;
    const policies = gateways.length === 0 ? [registry.catalog.gateways] : gateways.map(({ policy }) => policy);
    return policies.some(({ external }) => external !== true);
  }

  /** The names of the gateways' namespaces; `/` for those without one. */
  get namespaces(): ReadonlySet<string> {
    return new Set(this.gateways.map(namespaceOf));
  }

  /** The gateways of one namespace. */
  in(namespace: string): GatewayPlace {
    const gateways = this.gateways.filter((each) => namespaceOf(each) === namespace);
    return new GatewayPlace(gateways, this.path, this.registry);
  }

  destinations(): DestinationGroups {
    this.groups ??= this.findGroups();
    return this.groups;
  }

  private findGroups(): DestinationGroups {
    const { gateways, registry } = this;
    const destination = (policy: CompiledPolicy) => ({ policy, match: undefined, alternative: undefined });
    if (gateways.length === 0) {
      // An adapter that the application has called by itself.
      return [[destination(registry.compile(registry.catalog.gateways))]];
    }
    return [...this.namespaces].map((namespace) => {
      const policies = gateways.filter((each) => namespaceOf(each) === namespace).map(({ policy }) => policy);
      return [...new Set(policies)].map((policy) => destination(registry.compile(policy)));
    });
  }
}

/** The name of a namespace as SocketServerProvider.validateNamespace() writes it; the source of an expression. */
export function namespaceName(namespace: unknown): string {
  const name = typeof namespace === 'string' ? namespace : String(namespace ?? '');
  return typeof namespace === 'string' || name === '' ? `/${name.replace(/^\//, '')}` : name;
}

function namespaceOf({ options }: GatewayPolicy): string {
  return namespaceName(options.namespace);
}
