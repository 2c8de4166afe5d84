import { canonicalOrigin } from '../origin/canonical-origin.js';
import type { OriginListEntry, PolicyField } from './effective-policy.js';
import type { CorsConfigurationProblem, TolerableProblemCode } from './problem.js';
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
  const { fact, remedy } = describeRisk(code, value, ` while credentials are on (from ${credentials.path})`);
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

/** @param circumstance What makes a missing encryption matter, where it does not always: ` while credentials are on`. */
export function describeRisk(code: TolerableProblemCode, value: string | RegExp, circumstance = ''): DescribedRisk {
  return RISKS[code](value, circumstance);
}

/** The same origin or pattern over TLS. */
export function encryptedOrigin(origin: string): string | undefined {
  return canonicalOrigin(origin.replace(/^[a-z]+/, 'https'));
}

type Risk = (value: string | RegExp, circumstance: string) => DescribedRisk;

const RISKS: Readonly<Record<TolerableProblemCode, Risk>> = {
  // https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
  'null-origin': () => ({
    fact: 'is what every sandboxed frame and local file sends: any site can be it',
    remedy: 'Remove it, and serve the client from an origin of its own.',
  }),
  // https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
  'insecure-origin': (value, circumstance) => ({
    fact: `is not encrypted${circumstance}: whoever is on the network can speak in its name`,
    remedy:
      typeof value === 'string' ? `Write "${encryptedOrigin(value)}".` : 'Write `https:` alone in the expression.',
  }),
  // https://publicsuffix.org
  'public-suffix': (value) => ({
    fact: 'allows everybody who can register a name there',
    remedy: `Put your own domain before the suffix: "${String(value).replace('*.', '*.example.')}".`,
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
