import type { ModulesContainer } from '@nestjs/core';
import type { DecoratedClass } from '../decorators/policy-metadata.js';

// Keys under which @nestjs/websockets stores its metadata: equal in 11.1.4, 11.2 and 12. The package may be absent.
const GATEWAY_METADATA = 'websockets:is_gateway';
const GATEWAY_OPTIONS = 'websockets:gateway_options';
const PORT_METADATA = 'port';
/** Beginning of the keys under which `@Resolver()` of @nestjs/graphql stores its metadata on a class. */
const RESOLVER_METADATA = 'graphql:resolver';

/** The options of `@WebSocketGateway()` that matter here. Adapters define further ones. */
export interface GatewayOptions {
  readonly path?: string;
  readonly namespace?: string | RegExp;
  readonly cors?: unknown;
  readonly transports?: unknown;
}

/** A class with `@WebSocketGateway()`. */
export interface Gateway {
  readonly gateway: DecoratedClass;
  /** 0 for the port of the application. */
  readonly port: number;
  readonly options: GatewayOptions;
}

/** Every gateway of the application, as SocketModule.connectAllGateways() finds them. */
export function gatewaysOf(modules: ModulesContainer): Gateway[] {
  return providersWith(modules, (key) => key === GATEWAY_METADATA).map((gateway) => ({
    gateway,
    port: (Reflect.getMetadata(PORT_METADATA, gateway) as number | undefined) ?? 0,
    options: (Reflect.getMetadata(GATEWAY_OPTIONS, gateway) as GatewayOptions | undefined) ?? {},
  }));
}

/** Every resolver of @nestjs/graphql in the application. */
export function resolversOf(modules: ModulesContainer): readonly DecoratedClass[] {
  return providersWith(modules, (key) => String(key).startsWith(RESOLVER_METADATA));
}

/** The classes of providers that have such metadata, each once. */
function providersWith(modules: ModulesContainer, isWanted: (key: unknown) => boolean): DecoratedClass[] {
  const classes = [...modules.values()].flatMap(({ providers }) =>
    [...providers.values()].flatMap(({ metatype, isNotMetatype }) =>
      isNotMetatype || typeof metatype !== 'function' ? [] : [metatype as unknown as DecoratedClass],
    ),
  );
  return [...new Set(classes)].filter((metatype) => Reflect.getMetadataKeys(metatype).some(isWanted));
}
