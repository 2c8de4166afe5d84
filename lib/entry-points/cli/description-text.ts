import type { CorsRouteDescription, DescribedValue } from '../../inspect/descriptions.js';
import type { ManifestPolicy } from '../../inspect/manifest.js';
import { routeText } from '../../inspect/unknown-route.js';

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

/** A route with its handler. */
export function handlerText(route: CorsRouteDescription): string {
  return `${routeText(route)} (${route.controller}.${route.handler})`;
}

/** The advice about a request that no route takes. */
export const LIST_ROUTES =
  'nestjs-cors routes lists what there is; a prefix or version that main.ts sets needs --configure.';
