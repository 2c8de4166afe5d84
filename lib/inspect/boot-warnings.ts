import type { Logger } from '@nestjs/common';
import { webTransportGateways } from '../gateways/gateway-problems.js';
import type { OriginResponders } from '../lookup/origin-responders.js';
import type { EffectivePolicy } from '../policy/effective-policy.js';
import type { CorsPolicyRegistry } from '../routing/policy-registry.js';
import { HEADERS_METADATA, foreignHeaders } from './foreign-headers.js';
import { horizonWarnings, revocationHorizons } from './revocation-horizon.js';

/** Places that a warning names where there may be many. */
const MAX_SHOWN = 5;

/** Warns about settings that are legal and probably not intended, each in one line. Call it when the lists have been read. */
export function warnAtBoot(
  registry: CorsPolicyRegistry,
  responders: OriginResponders,
  logger: Pick<Logger, 'warn'>,
): void {
  const horizons = revocationHorizons(registry, responders);
  const warnings = [
    ...horizonWarnings(horizons, registry.catalog.lookups.lists.refreshInterval),
    emptyLists(registry.policies),
    lostDecorators(registry),
    webTransport(registry),
    headersOfHandlers(registry),
  ];
  warnings.filter((warning) => warning !== undefined).forEach((warning) => logger.warn(warning));
}

/**
 * The `origin` fields, as in a problem's `path`, whose empty list leaves a policy without any origin. Otherwise an unset variable
 * only shows at the first request of a page. A list beside an `originLookup` does not count, because the lookup decides. Nor does
 * the list of a `shadow`, which refuses no request.
 */
function emptyLists(policies: ReadonlySet<EffectivePolicy>): string | undefined {
  const shadows = new Set([...policies].map(({ shadow }) => shadow));
  const empty = [...policies].filter(
    (policy) =>
      !shadows.has(policy) &&
      policy.fields.origin.value.kind === 'none' &&
      policy.fields.origin.value.isEmptyList === true &&
      policy.fields.originLookup.value === undefined,
  );
  const paths = [...new Set(empty.map(({ fields }) => fields.origin.path))];
  if (paths.length === 0) {
    return undefined;
  }
  const others = paths.length > MAX_SHOWN ? ` and ${paths.length - MAX_SHOWN} more` : '';
  const places = `${paths.slice(0, MAX_SHOWN).join(', ')}${others}`;
  return (
    `An empty list of origins gives no other origin access: ${places}. Is the variable that it is read from set, and loaded ` +
    'before the options are read? If you mean it, write `origin: false`.'
  );
}

function lostDecorators({ handlersThatMayLackEntries }: CorsPolicyRegistry): string | undefined {
  const names = handlersThatMayLackEntries.map(({ controller: { name }, methodName }) => `${name}.${methodName}`);
  return names.length === 0
    ? undefined
    : `These handlers have no CORS decorator, and a method that they wrap or share has one: ${names.slice(0, MAX_SHOWN).join(', ')}. ` +
        'They have the policy of their class or module. Write @CorsPolicy() or @DisableCors() above what wraps the method, ' +
        'or @CorsPolicy({}) where the policy above is meant.';
}

function webTransport(registry: CorsPolicyRegistry): string | undefined {
  const names = webTransportGateways(registry);
  return names.length === 0
    ? undefined
    : `These gateways offer WebTransport: ${names.join(', ')}. Its sessions come without a request, so no policy decides about ` +
        'them. Remove "webtransport" from `transports`, or check the origin where the sessions are made.';
}

function headersOfHandlers({ handlers }: CorsPolicyRegistry): string | undefined {
  const headers = foreignHeaders(handlers.filter(({ metadataKeys }) => metadataKeys.includes(HEADERS_METADATA)));
  const places = headers.map(({ handler, name, value }) => `${handler} (${name}: ${value})`).join(', ');
  return headers.length === 0
    ? undefined
    : `@Header() sets CORS headers on ${places}: the policy of the route wins, and Access-Control-Allow-Origin, ` +
        '-Allow-Credentials and -Expose-Headers of @Header() have no effect. Write @CorsPolicy() there instead.';
}
