import { matchingEntries } from '../../origin/matching-entries.js';
import { isNonstandardOrigin } from '../../origin/nonstandard-origin.js';

/**
 * The texts in a store that can allow what a lookup is asked about. A nonstandard origin (`file://`), which only policies
 * that tolerate it ask about, is allowed by its exact spelling alone.
 */
export function storedTexts(origin: string): readonly string[] {
  return isNonstandardOrigin(origin) ? [origin] : matchingEntries(origin);
}
