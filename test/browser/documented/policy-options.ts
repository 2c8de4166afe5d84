import type { CorsPolicyOptions, OriginLookup, OriginOption } from '../../../lib/index.js';
import type { OriginData, PolicyData } from './policy.js';

/** A lookup that answers by promise, as a database does. */
function lookupOf(origins: readonly string[]): OriginLookup {
  return { isOriginAllowed: (asking) => Promise.resolve(origins.includes(asking)) };
}

/** The options of the library that say what the data says; `originLookup` is what answers for the origins of its `lookup`. */
export function optionsOf(
  { origin, lookup, disabled: _, ...fields }: PolicyData,
  originLookup: (origins: readonly string[]) => NonNullable<CorsPolicyOptions['originLookup']> = lookupOf,
): CorsPolicyOptions {
  const { methods, allowedHeaders, exposedHeaders, ...rest } = fields;
  return {
    ...rest,
    ...(methods !== undefined && { methods: [...methods] }),
    ...(allowedHeaders !== undefined && { allowedHeaders: listOrWord(allowedHeaders) }),
    ...(exposedHeaders !== undefined && { exposedHeaders: listOrWord(exposedHeaders) }),
    ...(origin !== undefined && { origin: originOption(origin) }),
    ...(lookup !== undefined && { originLookup: originLookup(lookup) }),
    ...(Array.isArray(origin) && origin.includes('null') && { dangerouslyAllow: ['null-origin'] }),
  } as CorsPolicyOptions;
}

function originOption(origin: OriginData): OriginOption {
  if (typeof origin === 'object' && 'function' in origin) {
    return (asking) => origin.function.includes(asking);
  }
  return origin as OriginOption;
}

function listOrWord(value: string | readonly string[]): string | string[] {
  return typeof value === 'string' ? value : [...value];
}
