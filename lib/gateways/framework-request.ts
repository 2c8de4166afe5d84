import type { IncomingMessage } from 'node:http';
import { memberOf } from '../routing/fastify/internals.js';

/** The host of a framework's request, by the framework's own proxy trust settings. */
export interface FrameworkRequest {
  readonly raw: IncomingMessage;
  readonly host?: string;
  readonly hostname?: string;
}

/** An application of Express, as far as it makes requests. */
interface ExpressApplication {
  readonly request?: object;
}

/** The class of Fastify's requests, with the getters of the `trustProxy` option. */
type FastifyRequestClass = new (
  id: string,
  params: object,
  raw: IncomingMessage,
  query: object,
  log: undefined,
  context: object,
) => FrameworkRequest;

/** Description of the symbol under which an instance of Fastify holds the class of its requests. */
const FASTIFY_REQUEST = 'fastify.Request';

/**
 * A view of a request that never reached the framework, such as an upgrade. It has the framework's getters for the host. Under
 * an unknown framework, the `Host` header counts.
 * @param instance the application of Express, or the instance of Fastify
 */
export function frameworkRequestOf(instance: unknown, raw: IncomingMessage): FrameworkRequest {
  const { request } = (instance ?? {}) as ExpressApplication;
  if (typeof request === 'object') {
    const { headers, socket, method, url } = raw;
    // `headers` and similar properties are accessors on the prototype.
    return Object.create(request, valuesOf({ raw, headers, socket, method, url })) as FrameworkRequest;
  }
  const FastifyRequest = memberOf(instance, FASTIFY_REQUEST) as FastifyRequestClass | undefined;
  if (FastifyRequest !== undefined) {
    const view = new FastifyRequest('', {}, raw, {}, undefined, {});
    // Fastify has not routed it, so its own getters throw, or say that there is no route.
    return Object.defineProperties(view, valuesOf({ is404: undefined, routeOptions: undefined }));
  }
  const { host } = raw.headers;
  return { raw, ...(host === undefined ? {} : { host, hostname: host.replace(/:\d+$/, '') }) };
}

function valuesOf(values: Readonly<Record<string, unknown>>): PropertyDescriptorMap {
  const descriptors = Object.entries(values).map(([name, value]) => [name, { value, writable: true }] as const);
  return Object.fromEntries(descriptors);
}
