import type { DescribedValue } from '../../inspect/descriptions.js';
import type { ManifestPolicy } from '../../inspect/manifest.js';

/** What a field's value means where nothing is written. */
const WITHOUT_VALUE: Readonly<Record<string, string>> = {
  methods: 'those that are routed',
};

/** The value of a policy's field, for people. */
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

/** Whose scripts may read: the list, and the lookup that adds to it. */
export function originsText({ origin, originLookup }: ManifestPolicy): string {
  const parts = [
    ...(origin === false ? [] : [fieldText('origin', origin)]),
    ...(originLookup === null || originLookup === undefined
      ? []
      : [`lookup ${fieldText('originLookup', originLookup)}`]),
  ];
  return parts.length === 0 ? 'none' : parts.join(', or ');
}
