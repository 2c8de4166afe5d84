import { functionMetadata } from '../support/function-metadata.js';
import { quoted } from '../support/quoted.js';
import type { RegisteredRoute } from '../routing/route.js';

// The metadata key of `@Header()` in @nestjs/common 11.1.4, 11.2 and 12.
export const HEADERS_METADATA = '__headers__';

/** Headers that the policy writes or removes on every response: no other value has an effect. */
const GOVERNED: ReadonlySet<string> = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
]);

/** A CORS header that a handler sets with `@Header()`. */
export interface ForeignHeader {
  /** `OrdersController.list`. */
  readonly handler: string;
  readonly name: string;
  /** Quoted for a message. */
  readonly value: string;
  /** Whether the policy's own header takes its place. */
  readonly isGoverned: boolean;
}

/** Finds the CORS headers that handlers set beside the policy: each once, however many routes a handler has. */
export function foreignHeaders(
  handlers: readonly Pick<RegisteredRoute, 'controller' | 'methodName'>[],
): readonly ForeignHeader[] {
  const found = new Map<string, ForeignHeader>();
  for (const { controller, methodName } of handlers) {
    for (const { name, value } of headersOf((controller.prototype as Record<string, unknown>)[methodName])) {
      if (/^access-control-/i.test(name)) {
        const handler = `${controller.name}.${methodName}`;
        const header = { handler, name, value: quoted(value), isGoverned: GOVERNED.has(name.toLowerCase()) };
        found.set(JSON.stringify(header), header);
      }
    }
  }
  return [...found.values()];
}

/** One list for all handlers without headers. */
const NONE: readonly { readonly name: string; readonly value: unknown }[] = [];

function headersOf(method: unknown): typeof NONE {
  const headers: unknown = typeof method === 'function' ? functionMetadata(HEADERS_METADATA, method) : undefined;
  return Array.isArray(headers)
    ? (headers as readonly { name: unknown; value: unknown }[]).flatMap(({ name, value }) =>
        typeof name === 'string' ? [{ name, value }] : [],
      )
    : NONE;
}
