import type { CorsPolicyOptions, OriginOption } from '../../../lib/index.js';
import type { OriginData, PolicyData } from '../documented/index.js';

/** The options of the library that say what the data says. A lookup answers by promise, as a database does. */
export function optionsOf({ origin, lookup, disabled: _, ...fields }: PolicyData): CorsPolicyOptions {
  const { methods, allowedHeaders, exposedHeaders, ...rest } = fields;
  return {
    ...rest,
    ...(methods !== undefined && { methods: [...methods] }),
    ...(allowedHeaders !== undefined && { allowedHeaders: listOrWord(allowedHeaders) }),
    ...(exposedHeaders !== undefined && { exposedHeaders: listOrWord(exposedHeaders) }),
    ...(origin !== undefined && { origin: originOption(origin) }),
    ...(lookup !== undefined && {
      originLookup: { isOriginAllowed: (asking: string) => Promise.resolve(lookup.includes(asking)) },
    }),
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
