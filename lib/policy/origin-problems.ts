import { encryptedOrigin } from '../origin/encrypted-origin.js';
import type { OriginListEntry, PolicyField } from './effective-policy.js';
import { nonstandardFact, nonstandardRemedy } from './nonstandard-hint.js';
import type { CorsConfigurationProblem, TolerableProblemCode } from './problem.js';
import { publicSuffixRemedy, strangersIn } from './public-suffix-risk.js';
import { quoted } from './quoted.js';

/** https://fetch.spec.whatwg.org/#cors-protocol-and-credentials */
export function wildcardWithCredentials(
  path: string,
  credentials: PolicyField<unknown>,
  label: string,
): CorsConfigurationProblem {
  return {
    code: 'wildcard-with-credentials',
    path,
    value: '*',
    message: `In ${label}, origin is '*' while credentials are on (from ${credentials.path}): browsers refuse that combination.`,
    hint: "List the origins that may send credentials, or write `credentials: false` next to `origin: '*'`.",
  };
}

/** https://fetch.spec.whatwg.org/#cors-protocol-and-credentials */
export function exposedWildcardWithCredentials(
  path: string,
  credentials: PolicyField<unknown>,
  label: string,
): CorsConfigurationProblem {
  return {
    code: 'exposed-wildcard-with-credentials',
    path,
    value: '*',
    message: `In ${label}, exposedHeaders is '*' while credentials are on (from ${credentials.path}): browsers then take it for a header named "*".`,
    hint: "Write `exposedHeaders: 'all'`, which names the headers that the response has, or list them.",
  };
}

/** A problem that a policy could tolerate, and doesn't. */
export function riskyOrigin(
  code: TolerableProblemCode,
  { value, path }: OriginListEntry,
  credentials: PolicyField<unknown>,
  label: string,
): CorsConfigurationProblem {
  const { fact, remedy } = describeRisk(code, value, {
    circumstance: ` while credentials are on (from ${credentials.path})`,
    expressions: true,
    credentials: credentials.value === true,
  });
  return {
    code,
    path,
    value,
    message: `In ${label}, ${quoted(value)} ${fact}.`,
    hint: `${remedy} If it is meant, add '${code}' to the policy's dangerouslyAllow.`,
  };
}

/** What is unsafe about an origin: the end of a sentence that begins with it, and what to write instead. */
export interface DescribedRisk {
  readonly fact: string;
  readonly remedy: string;
}

/** Where a risk was found. */
export interface RiskContext {
  /** What makes a missing encryption matter, where it does not always: ` while credentials are on`. Default: `''`. */
  readonly circumstance?: string;
  /** Whether an expression can be written there: a row of a store is text. */
  readonly expressions: boolean;
  /** Whether credentials are on, so that what is to be written has to be encrypted. */
  readonly credentials: boolean;
}

export function describeRisk(code: TolerableProblemCode, value: string | RegExp, context: RiskContext): DescribedRisk {
  return RISKS[code](value, context);
}

type Risk = (value: string | RegExp, context: RiskContext) => DescribedRisk;

const RISKS: Readonly<Record<TolerableProblemCode, Risk>> = {
  // https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
  'null-origin': () => ({
    fact: 'is what every sandboxed frame and local file sends: any site can be it',
    remedy: 'Remove it, and serve the client from an origin of its own.',
  }),
  'nonstandard-origin': (value) => ({
    fact: nonstandardFact(String(value)),
    remedy: nonstandardRemedy(String(value)),
  }),
  // https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
  'insecure-origin': (value, { circumstance = '' }) => ({
    fact: `is not encrypted${circumstance}: whoever is on the network can speak in its name`,
    remedy:
      typeof value === 'string' ? `Write "${encryptedOrigin(value)}".` : 'Write `https:` alone in the expression.',
  }),
  // https://publicsuffix.org
  'public-suffix': (value, { expressions, credentials }) => ({
    fact: `allows ${strangersIn(value)}`,
    remedy: publicSuffixRemedy(
      (credentials && typeof value === 'string' ? encryptedOrigin(value) : undefined) ?? value,
      expressions,
    ),
  }),
  'unanchored-regexp': (value) => ({
    fact: 'can match a part of an origin, such as one that merely begins like yours',
    remedy: `Have ${quoted(value)} match a whole origin, from ^https:// to $, without the m flag.`,
  }),
  'unescaped-dot': (value) => ({
    fact: 'has a dot that stands for any character, so that it allows the names of others too',
    remedy: `Write \\. for each dot of a name in ${quoted(value)}, or a pattern instead: "https://*.example.com".`,
  }),
  // https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
  'slow-regexp': (value) => ({
    fact: 'has repetitions within repetitions: an Origin header can be written that it takes seconds to refuse',
    remedy: `Write a pattern in the place of ${quoted(value)}: "https://*.example.com" stands for any number of labels.`,
  }),
};

export function statefulRegExp(path: string, value: RegExp): CorsConfigurationProblem {
  return {
    code: 'stateful-regexp',
    path,
    value,
    message: `${quoted(value)} has the g or the y flag: it remembers where it stopped, and refuses every other request.`,
    hint: `Write ${quoted(new RegExp(value.source, value.flags.replace(/[gy]/g, '')))}.`,
  };
}
