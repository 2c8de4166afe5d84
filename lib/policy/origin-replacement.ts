import { encryptedOrigin } from '../origin/canonical-origin.js';
import { inspectOrigin, withoutQuotes } from '../origin/origin-entry.js';
import { type MalformedOrigin, publicSuffixHint, risksOfOrigin, type WellFormedOrigin } from './origin-problems.js';
import { wildcardHint } from './wildcard-hint.js';

/** A list may have thousands of entries, and a hint is read by a person. */
const MAX_LISTED = 10;
const MAX_LIST_LENGTH = 4096;

/**
 * What to write in a configuration in place of a malformed origin. A configuration is code, unlike a row of a store, so the
 * hint may be an expression or a list. Each form boots as it stands.
 *
 * @returns `undefined` where it would be a guess.
 */
export function replacementHint(text: string, { reason, canonical }: MalformedOrigin): string | undefined {
  if (reason === 'json' || reason === 'several-origins') {
    return listHint(text);
  }
  if (canonical === undefined) {
    return wildcardHint(text) ?? (SEPARATOR.test(text.trim()) ? listHint(text) : undefined);
  }
  // A canonical form is an origin or a pattern.
  const risks = new Set(risksOfOrigin(inspectOrigin(canonical) as WellFormedOrigin).map(({ code }) => code));
  if (risks.has('public-suffix')) {
    return publicSuffixHint(canonical, true);
  }
  return risks.has('insecure-origin')
    ? `Write "${canonical}", or "${encryptedOrigin(canonical)}" with credentials.`
    : undefined;
}

/** Names the function that reads a list in a string. */
export const READER = ' An environment variable is read by readOrigins().';

const SEPARATOR = /[\s,;|]+/;

function listHint(text: string): string | undefined {
  const list = listedOrigins(text)
    ?.map((origin) => `"${origin}"`)
    .join(', ');
  return list && `Write each origin as an entry of its own: [${list}].${READER}`;
}

/** The origins and patterns that a string lists; `undefined` where one of them is malformed or unsafe. */
export function listedOrigins(text: string): readonly string[] | undefined {
  const parts =
    text.length > MAX_LIST_LENGTH
      ? []
      : text
          .trim()
          .replace(/^\[|\]$/g, '')
          .split(SEPARATOR)
          .map(withoutQuotes)
          .filter((part) => part !== '');
  const origins = [...new Set(parts)].map(safeOrigin);
  return origins.length > 0 && origins.length <= MAX_LISTED && origins.every((origin) => origin !== undefined)
    ? origins
    : undefined;
}

function safeOrigin(text: string): string | undefined {
  const inspection = inspectOrigin(text);
  if (inspection.kind === 'malformed') {
    return inspection.canonical === undefined ? undefined : safeOrigin(inspection.canonical);
  }
  return inspection.kind !== 'wildcard' && risksOfOrigin(inspection).length === 0 ? text : undefined;
}
