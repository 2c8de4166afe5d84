import { canonicalOrigin, encryptedOrigin } from '../origin/canonical-origin.js';
import type { ExpressionFault } from '../origin/expression-faults.js';
import { isHostingName } from '../origin/hosting-names.js';
import type { OriginFault, OriginInspection } from '../origin/origin-entry.js';
import { parseOriginPattern, type OriginPattern } from '../origin/origin-pattern.js';
import { coveredPublicSuffix, isRegistry } from '../origin/public-suffix.js';
import { isInsecureOrigin, MAX_ORIGIN_LENGTH } from '../origin/serialized-origin.js';
import type { AllowableProblemCode, CorsConfigurationProblem } from '../options/problem.js';
import { quoted, quotedPath } from '../support/quoted.js';
import { previewHint } from './preview-hosts.js';
import { type Wording, worded } from './problems.js';

/** A string that was written as an origin and is not one. */
export type MalformedOrigin = Extract<OriginInspection, { readonly kind: 'malformed' }>;
/** An origin, a pattern, `null` or a nonstandard origin. */
export type WellFormedOrigin = Exclude<OriginInspection, MalformedOrigin | { readonly kind: 'wildcard' }>;

const WRITE_EACH = 'Write each origin as an entry of its own.';

/** For each fault: what an origin must be, and what to write where the canonical form is unknown. */
const MALFORMED: Readonly<Record<OriginFault, readonly [expectation: string, hint?: string]>> = {
  empty: ['an origin'],
  json: ['one origin per entry, not JSON', WRITE_EACH],
  'too-long': [`an origin of at most ${MAX_ORIGIN_LENGTH} characters`],
  'several-origins': ['one origin per entry', WRITE_EACH],
  quoted: ['an origin without quotes around it'],
  whitespace: ['an origin without whitespace and control characters'],
  'missing-scheme': ['an origin with a scheme'],
  'opaque-origin': [
    'an origin with a host, as clients send it',
    'List what the client sends, "file://" or "null", and add \'nonstandard-origin\' or \'null-origin\' to dangerouslyAllow.',
  ],
  userinfo: ['an origin without user name and password'],
  query: ['an origin without query and fragment'],
  path: ['an origin without a path'],
  'trailing-slash': ['an origin without a slash at the end'],
  'misplaced-wildcard': [
    'an origin, or a pattern with a star in place of whole labels or the port',
    'A star stands for whole labels at the left ("https://*.example.com") or for any port ("https://app.example.com:*").',
  ],
  'non-ascii': ['an origin in ASCII, since browsers send Punycode'],
  'upper-case': ['an origin in lower case, as browsers send it'],
  'default-port': ["an origin without its scheme's default port, which browsers leave out"],
  'invalid-port': ['an origin with a port from 0 to 65535'],
  'ip-address': ['an origin with its IP address in the form that browsers send'],
  unparsable: ['an origin'],
};

/**
 * Browsers compare and send origins as serialized: https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
 *
 * @param hint What to write instead. Default: the canonical form, or the form that an origin has.
 */
export function malformedOrigin(
  path: string,
  text: string,
  { reason, canonical }: Pick<MalformedOrigin, 'reason' | 'canonical'>,
  hint?: string,
): CorsConfigurationProblem {
  const [expectation, remedy = 'Write scheme, host and, unless it is the default, port: "https://app.example.com".'] =
    MALFORMED[reason];
  // The canonical form is not shortened: it is there to be copied, and no longer than an origin can be.
  const instead = canonical === undefined ? remedy : `Write "${canonical}".`;
  const got = quoted(withoutPasswords(text));
  return worded('malformed-origin', path, text, { expectation, got, hint: hint ?? instead });
}

/** Only this many characters are searched, because no more are quoted. */
const MAX_QUOTED = 500;

/** Masks the password of a connection string that was written in place of an origin. */
export function withoutPasswords(text: string): string {
  return text.slice(0, MAX_QUOTED).replace(/\/\/[^\s,;]*@/g, '//***@');
}

/** Something unsafe about an entry of an `origin` list, which a policy may allow. */
export type OriginRisk = ExpressionFault | { readonly code: AllowableProblemCode };

/** The risks of an origin or a pattern; `insecure-origin` only matters with credentials. */
export function risksOfOrigin(inspection: WellFormedOrigin): readonly OriginRisk[] {
  switch (inspection.kind) {
    case 'null':
      return [{ code: 'null-origin' }];
    case 'nonstandard':
      return [{ code: 'nonstandard-origin' }];
    case 'origin':
      return isInsecureOrigin(inspection.origin) ? [{ code: 'insecure-origin' }] : [];
    case 'pattern': {
      const { pattern } = inspection;
      return [
        ...(coveredPublicSuffix(pattern) === undefined ? [] : [{ code: 'public-suffix' } as const]),
        ...(isInsecureOrigin(pattern) ? [{ code: 'insecure-origin' } as const] : []),
      ];
    }
  }
}

/** Where a risk was found. */
export interface RiskContext {
  /** Where credentials are turned on; `undefined` where a policy is not known. */
  readonly credentialsPath?: string;
  /** Whether an expression can be written there: a row of a store is a string. */
  readonly expressions: boolean;
  /** Whether credentials are on, so that the hint has to be encrypted. */
  readonly credentials: boolean;
}

/** The sentences about a risk. */
export function riskWording(risk: OriginRisk, value: string | RegExp, context: RiskContext): Wording {
  return typeof value === 'string'
    ? ORIGIN_RISKS[risk.code as keyof typeof ORIGIN_RISKS](value, context)
    : expressionWording(risk as ExpressionFault, value, context);
}

/** Of origins and patterns. */
const ORIGIN_RISKS = {
  // https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
  'null-origin': () => ({
    expectation: 'an origin with one owner',
    fact: 'Every sandboxed frame and local file sends it.',
    hint: 'Remove it, and serve the client from an origin of its own.',
  }),
  'nonstandard-origin': (value) => ({
    expectation: 'a serialized origin',
    fact: `Every app ${value.startsWith('file:') ? 'that loads its pages from files' : 'of that scheme'} may send it.`,
    hint: nonstandardHint(value),
  }),
  'insecure-origin': (value, context) => ({
    expectation: 'an encrypted origin',
    fact: insecureFact(context),
    hint: `Write "${encryptedOrigin(value)}".`,
  }),
  // https://publicsuffix.org
  'public-suffix': (value, { expressions, credentials }) => ({
    expectation: 'a pattern for names of one owner',
    fact: publicSuffixFact(...coverage(value)),
    hint: publicSuffixHint((credentials ? encryptedOrigin(value) : undefined) ?? value, expressions),
  }),
} satisfies Partial<Record<AllowableProblemCode, (value: string, context: RiskContext) => Wording>>;

/** For each risk of an expression: what is expected, and why. */
const EXPRESSION_RISKS: Readonly<Record<ExpressionFault['code'], readonly [expectation: string, fact: string]>> = {
  'unanchored-regexp': ['an expression that matches whole origins', 'It can match a part of an origin.'],
  'unescaped-dot': ['an expression with its dots escaped', 'An unescaped dot stands for any character.'],
  'public-suffix': ['an expression for names of one owner', 'Anyone can register a name there.'],
  'wide-regexp': [
    'an expression that spells out the scheme and your domain',
    'Strangers can choose the scheme, or a part of the registered name.',
  ],
  // https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
  'slow-regexp': [
    'an expression that refuses every origin quickly',
    'Its repetitions read the same characters in many ways, so an Origin header can take seconds to refuse.',
  ],
  'insecure-origin': ['an expression for encrypted origins only', ''],
};

function expressionWording(risk: ExpressionFault, value: RegExp, context: RiskContext): Wording {
  const { code, letsIn, unknown } = risk;
  const hint = EXPRESSION_HINTS[code](risk, quoted(value));
  if (unknown === true) {
    const fear =
      code === 'slow-regexp' ? 'it may take seconds to refuse an origin' : 'it may allow origins of strangers';
    return { expectation: 'an expression that can be checked', fact: `It is too large or too new, so ${fear}.`, hint };
  }
  const [expectation, why] = EXPRESSION_RISKS[code];
  const reason = code === 'insecure-origin' ? insecureFact(context) : why;
  return { expectation, fact: letsIn === undefined ? reason : `It lets in ${letsIn}. ${reason}`, hint };
}

const EXPRESSION_HINTS: Readonly<Record<ExpressionFault['code'], (risk: ExpressionFault, value: string) => string>> = {
  'unanchored-regexp': (_, value) => `Have ${value} match a whole origin, from ^https:// to $, without the m flag.`,
  'unescaped-dot': (_, value) =>
    `Write \\. for each dot of a name in ${value}, or a pattern instead: "https://*.example.com".`,
  'public-suffix': ({ suffix }) =>
    isRegistry(String(suffix))
      ? `Put your own domain before the suffix: "https://*.example.${suffix}".`
      : (previewHint(String(suffix)) ?? `Write each origin in full: "https://my-name.${suffix}".`),
  'wide-regexp': ({ unknown, everything, names: [name = 'example.com'] = [] }, value) =>
    unknown === true
      ? `Write a list of origins in the place of ${value}, or several short expressions.`
      : everything === true
        ? `Write a list of origins in the place of ${value}, or origin: '*' without credentials.`
        : `Spell out the scheme and your own domain, with a dot before it, or write a list: ["https://${name}", "https://*.${name}"].`,
  'slow-regexp': (_, value) =>
    `Write a pattern in the place of ${value}: "https://*.example.com" stands for any number of labels.`,
  'insecure-origin': () => 'Write `https:` alone in the expression.',
};

/** https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy */
function insecureFact({ credentialsPath }: RiskContext): string {
  return credentialsPath === undefined
    ? 'Anyone on the network can speak in its name.'
    : `Credentials are on (${quotedPath(credentialsPath)}), and anyone on the network can speak in its name.`;
}

/** What to do about an extension of Safari. */
export const SAFARI_EXTENSION =
  "Write `origin: '*'` without credentials in a policy for the extension: Safari changes its id from time to time.";

/** Schemes whose clients send the host in lower case, so that upper case is a mistake. */
const LOWER_CASE_SCHEMES = /^(?:app|capacitor|chrome-extension|ionic|moz-extension|tauri):/;

/** The origin that was probably meant, or the form that the app's own can have. */
function nonstandardHint(origin: string): string {
  if (origin.startsWith('safari-web-extension:')) {
    return SAFARI_EXTENSION;
  }
  const canonical = LOWER_CASE_SCHEMES.test(origin) ? canonicalOrigin(origin) : undefined;
  return `${canonical === undefined ? 'Have the app load its pages from an origin with a host, such as "app://my-app"' : `Write "${canonical}"`}.`;
}

/** Who is allowed by a pattern over a public suffix, or above one. */
export function publicSuffixFact({ host }: OriginPattern, suffix: string): string {
  const below = host === suffix || host === `${suffix}.` ? 'there' : `below it, such as under "${suffix}"`;
  return `Anyone can register a name ${below}.`;
}

/**
 * What to write in the place of a pattern over a public suffix, or above one.
 *
 * @param expressions Whether an expression can be written there: a row of a store is a string.
 */
export function publicSuffixHint(text: string, expressions: boolean): string {
  const [{ scheme, host, port }, suffix] = coverage(text);
  const atPort = port === undefined ? '' : port === 'any' ? ':*' : `:${port}`;
  const preview = expressions && scheme === 'https' && port === undefined ? previewHint(suffix) : undefined;
  // Below a hosting name there may be more labels before a name has an owner.
  const isRegistered = (host === suffix || host === `${suffix}.`) && !isHostingName(suffix);
  return (
    preview ??
    (isRegistered
      ? `Put your own domain before the suffix: "${text.replace('*.', '*.example.')}".`
      : `Write each origin in full: "${scheme}://my-name.${suffix}${atPort}".`)
  );
}

/** A pattern over a public suffix, or above one, and that suffix. */
function coverage(text: string): readonly [pattern: OriginPattern, suffix: string] {
  const pattern = parseOriginPattern(text) as OriginPattern;
  return [pattern, coveredPublicSuffix(pattern) as string];
}
