import { encryptedOrigin } from '../origin/encrypted-origin.js';
import { isInsecureOrigin } from '../origin/insecure-origin.js';
import { inspectOrigin, type OriginInspection, withoutQuotes } from '../origin/origin-entry.js';
import { coveredPublicSuffix } from '../origin/public-suffix.js';
import { publicSuffixRemedy } from './public-suffix-risk.js';
import { wildcardHint } from './wildcard-hint.js';

type Malformed = Extract<OriginInspection, { readonly kind: 'malformed' }>;

/** A list in a text may have thousands of entries, and a hint is read by a person. */
const MAX_LISTED = 10;
const MAX_LIST_TEXT = 4096;

/**
 * What to write in a configuration in the place of a malformed text: code, unlike a row of a store, so that it may be an
 * expression or a list. Each form boots as it stands.
 *
 * @returns `undefined` where it would be a guess.
 */
export function replacementHint(text: string, { reason, canonical }: Malformed): string | undefined {
  if (reason === 'json' || reason === 'several-origins') {
    return listHint(text);
  }
  if (canonical === undefined) {
    return wildcardHint(text) ?? (SEPARATOR.test(text.trim()) ? listHint(text) : undefined);
  }
  const inspection = inspectOrigin(canonical);
  if (inspection.kind === 'pattern' && coveredPublicSuffix(inspection.pattern) !== undefined) {
    return publicSuffixRemedy(canonical, true);
  }
  return isInsecure(inspection)
    ? `Write "${canonical}", or "${encryptedOrigin(canonical)}" with credentials.`
    : undefined;
}

/** What reads a list in a text, for those who wrote one in the place of an origin. */
export const READER = ' An environment variable is read by readOrigins().';

const SEPARATOR = /[\s,;|]+/;

function listHint(text: string): string | undefined {
  const list = listedOrigins(text)
    ?.map((origin) => `"${origin}"`)
    .join(', ');
  return list && `Write each origin as an entry of its own: [${list}].${READER}`;
}

/** The origins and patterns that a text lists; `undefined` where one of them is none, or is unsafe. */
export function listedOrigins(text: string): readonly string[] | undefined {
  const parts = text.length > MAX_LIST_TEXT ? [] : partsOf(text.trim());
  const origins = [...new Set(parts)].map(readable);
  return origins.length > 0 && origins.length <= MAX_LISTED && origins.every((origin) => origin !== undefined)
    ? origins
    : undefined;
}

function partsOf(text: string): readonly string[] {
  return text
    .replace(/^\[|\]$/g, '')
    .split(SEPARATOR)
    .map(withoutQuotes)
    .filter((part) => part !== '');
}

function readable(text: string): string | undefined {
  const inspection = inspectOrigin(text);
  if (inspection.kind === 'malformed') {
    return inspection.canonical === undefined ? undefined : readable(inspection.canonical);
  }
  const isSafe =
    (inspection.kind === 'origin' ||
      (inspection.kind === 'pattern' && coveredPublicSuffix(inspection.pattern) === undefined)) &&
    !isInsecure(inspection);
  return isSafe ? text : undefined;
}

function isInsecure(inspection: OriginInspection): boolean {
  return (
    (inspection.kind === 'origin' && isInsecureOrigin(inspection.origin)) ||
    (inspection.kind === 'pattern' && isInsecureOrigin(inspection.pattern))
  );
}
