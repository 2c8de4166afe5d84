import type { CorsRouteDescription, DescribedValue } from '../../inspect/descriptions.js';
import type { ManifestPolicy } from '../../inspect/manifest.js';

/** The text for a field without a value; `none` for the others. */
const WITHOUT_VALUE: Readonly<Record<string, string>> = {
  methods: 'those that are routed',
};

/** The value of a policy's field, as a table shows it. */
export function fieldText(name: string, value: DescribedValue | undefined): string {
  if (value === null || value === undefined) {
    return WITHOUT_VALUE[name] ?? 'none';
  }
  switch (typeof value) {
    case 'boolean':
      return value ? 'yes' : name === 'origin' ? 'none' : 'no';
    case 'object':
      return value.length === 0 ? 'none' : value.join(', ');
    default:
      return String(value);
  }
}

/** The allowed origins: the list, and the lookup beside it. */
export function originsText({ origin, originLookup }: ManifestPolicy): string {
  const parts = [
    ...(origin === false ? [] : [fieldText('origin', origin)]),
    ...(originLookup === null || originLookup === undefined
      ? []
      : [`lookup ${fieldText('originLookup', originLookup)}`]),
  ];
  return parts.length === 0 ? 'none' : parts.join(', or ');
}

/** A route in a sentence: method, path, host and version. */
export function routeText({ method, path, hosts, versions }: CorsRouteDescription): string {
  const host = hosts === undefined ? '' : ` on host ${hosts.join(' or ')}`;
  const version = versions === undefined ? '' : ` version ${versions.join(', ')}`;
  return `${method} ${path}${host}${version}`;
}

/** A route with its handler. */
export function handlerText(route: CorsRouteDescription): string {
  return `${routeText(route)} (${route.controller}.${route.handler})`;
}
