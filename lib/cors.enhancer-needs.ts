import type { HandlerPolicy } from './cors.policy-registry.js';
import type { PolicyFields } from './policy/effective-policy.js';
import { FASTIFY_ROUTE_CONSTRAINTS_METADATA, VERSION_METADATA } from './routing/nest-metadata.js';

// Keys and values of Nest's own metadata, the same in 11 and 12 (@nestjs/common/constants, RouteParamtypes).
const HEADERS_METADATA = '__headers__';
const INTERCEPTORS_METADATA = '__interceptors__';
const ROUTE_ARGS_METADATA = '__routeArguments__';
const RESPONSE_ARGUMENT = '1:';
const CUSTOM_ARGUMENT = '__customRouteArgs__';

/** Whether responses under this policy differ by origin: then caches have to be told, whatever a handler does. */
export function dependsOnOrigin({ origin, originLookup, rejectDisallowed }: PolicyFields): boolean {
  switch (origin.value.kind) {
    case 'any':
      return false;
    case 'none':
      return originLookup.value !== undefined || rejectDisallowed.value;
    default:
      return true;
  }
}

/**
 * Whether the handler can overwrite `Vary`, or has headers to name for `exposedHeaders: 'all'`, so that its responses have
 * to be finished: it declares the header, takes the response object (itself or through a decorator of the application's
 * own), or has interceptors, which can take it too.
 */
export function needsFinishing({ controller, methodName, policy }: HandlerPolicy): boolean {
  if (policy.fields.exposedHeaders.value === 'all') {
    return true;
  }
  if (!dependsOnOrigin(policy.fields)) {
    return false;
  }
  const method = controller.prototype[methodName] as object;
  const headers = (Reflect.getMetadata(HEADERS_METADATA, method) ?? []) as readonly { name?: unknown }[];
  const args = Object.keys((Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, methodName) ?? {}) as object);
  return (
    headers.some(({ name }) => String(name).toLowerCase() === 'vary') ||
    args.some((key) => key.startsWith(RESPONSE_ARGUMENT) || key.includes(CUSTOM_ARGUMENT)) ||
    Reflect.hasMetadata(INTERCEPTORS_METADATA, method) ||
    Reflect.hasMetadata(INTERCEPTORS_METADATA, controller)
  );
}

/** Whether the handler serves one version of a route only. */
export function isVersioned({ controller, methodName }: HandlerPolicy): boolean {
  const method = controller.prototype[methodName] as object;
  return Reflect.hasMetadata(VERSION_METADATA, method) || Reflect.hasMetadata(VERSION_METADATA, controller);
}

/** Whether the handler serves a route under conditions of its own (`@RouteConstraints()` of @nestjs/platform-fastify). */
export function hasRouteConstraints({ controller, methodName }: HandlerPolicy): boolean {
  return Reflect.hasMetadata(FASTIFY_ROUTE_CONSTRAINTS_METADATA, controller.prototype[methodName] as object);
}
