import type { OriginFault } from '../origin/origin-entry.js';
import type { CorsConfigurationProblem } from '../options/problem.js';
import { quoted } from '../support/quoted.js';

const FAULTS: Readonly<Record<OriginFault, string>> = {
  empty: 'is empty',
  json: 'looks like JSON',
  'too-long': 'is longer than any origin can be',
  'several-origins': 'holds several origins',
  quoted: 'looks like a quoted environment value',
  whitespace: 'contains whitespace or control characters',
  'missing-scheme': 'has no scheme',
  'opaque-origin': 'names a document, and its pages send "null" or "file://"',
  userinfo: 'contains a user name or password',
  query: 'contains a query or fragment',
  path: 'contains a path',
  'trailing-slash': 'ends in a slash',
  'misplaced-wildcard': 'has a star in a place where none can stand',
  'non-ascii': 'contains characters that browsers send as Punycode',
  'upper-case': 'contains upper-case letters, which browsers send in lower case',
  'default-port': "spells out the scheme's default port, which browsers leave out",
  'invalid-port': 'has a port that is none',
  'ip-address': 'has an IP address that is not in the form that browsers send',
  unparsable: 'is not an origin',
};

const REMEDIES: Partial<Record<OriginFault, string>> = {
  'several-origins': 'Write each origin as an entry of its own.',
  json: 'Write each origin as an entry of its own.',
  'opaque-origin':
    'List what the client sends, "file://" or "null", and add \'nonstandard-origin\' or \'null-origin\' to dangerouslyAllow.',
  'misplaced-wildcard':
    'A star stands for whole labels at the left ("https://*.example.com") or for any port ("https://app.example.com:*").',
};

/**
 * Browsers compare and send origins as serialized: https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
 *
 * @param replacement What to write instead, as a sentence. Default: the canonical form, or the form that an origin has.
 */
export function malformedOrigin(
  path: string,
  value: string,
  { reason, canonical }: { readonly reason: OriginFault; readonly canonical: string | undefined },
  replacement?: string,
): CorsConfigurationProblem {
  const remedy =
    REMEDIES[reason] ?? 'Write scheme, host and, unless it is the default, port: "https://app.example.com".';
  return {
    code: 'malformed-origin',
    path,
    value,
    message: `${quoted(withoutPasswords(value))} ${FAULTS[reason]}, so no browser ever sends it as an origin.`,
    // In full, unlike what is quoted: it is there to be copied, and no longer than an origin can be.
    hint: replacement ?? (canonical === undefined ? remedy : `Write "${canonical}".`),
  };
}

/** No more is quoted, so no more is looked through. */
const MAX_QUOTED = 500;

/** A connection string that was written in the place of an origin must not put its password into a log. */
export function withoutPasswords(value: string): string {
  return value.slice(0, MAX_QUOTED).replace(/\/\/[^\s,;]*@/g, '//***@');
}
