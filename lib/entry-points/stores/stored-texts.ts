import { matchingEntries } from '../../origin/matching-entries.js';
import { isNonstandardOrigin } from '../../origin/nonstandard-origin.js';

/**
 * The stored strings that can allow an origin. A nonstandard origin (`file://`) is allowed by its exact spelling only.
 */
export function storedTexts(origin: string): readonly string[] {
  return isNonstandardOrigin(origin) ? [origin] : matchingEntries(origin);
}
