import { encryptedOrigin } from '../origin/encrypted-origin.js';
import type { OriginListEntry, PolicyField } from './effective-policy.js';
import { describeExpressionRisk } from './expression-risks.js';
import { nonstandardFact, nonstandardRemedy } from './nonstandard-hint.js';
import type { DescribedRisk, OriginRisk } from './origin-risks.js';
import type { CorsConfigurationProblem, TolerableProblemCode } from '../options/problem.js';
import { publicSuffixRemedy, strangersIn } from './public-suffix-risk.js';
import { quoted } from '../support/quoted.js';

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
  risk: OriginRisk,
  { value, path }: OriginListEntry,
  credentials: PolicyField<unknown>,
  label: string,
): CorsConfigurationProblem {
  const circumstance = ` while credentials are on (from ${credentials.path})`;
  const { code } = risk;
  const { fact, remedy } =
    typeof value === 'string'
      ? describeRisk(code, value, { circumstance, expressions: true, credentials: credentials.value === true })
      : describeExpressionRisk(risk, value, circumstance);
  return {
    code,
    path,
    value,
    message: `In ${label}, ${quoted(value)} ${fact}.`,
    hint: `${remedy} If it is meant, add '${code}' to the policy's dangerouslyAllow.`,
  };
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

export function describeRisk(code: TolerableProblemCode, value: string, context: RiskContext): DescribedRisk {
  return RISKS[code as keyof typeof RISKS](value, context);
}

type Risk = (value: string, context: RiskContext) => DescribedRisk;

/** Of single origins and patterns. What concerns expressions alone is in expression-risks.ts. */
const RISKS = {
  // https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
  'null-origin': () => ({
    fact: 'is what every sandboxed frame and local file sends: any site can be it',
    remedy: 'Remove it, and serve the client from an origin of its own.',
  }),
  'nonstandard-origin': (value) => ({
    fact: nonstandardFact(value),
    remedy: nonstandardRemedy(value),
  }),
  // https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
  'insecure-origin': (value, { circumstance = '' }) => ({
    fact: `is not encrypted${circumstance}: whoever is on the network can speak in its name`,
    remedy: `Write "${encryptedOrigin(value)}".`,
  }),
  // https://publicsuffix.org
  'public-suffix': (value, { expressions, credentials }) => ({
    fact: `allows ${strangersIn(value)}`,
    remedy: publicSuffixRemedy((credentials ? encryptedOrigin(value) : undefined) ?? value, expressions),
  }),
} satisfies Partial<Record<TolerableProblemCode, Risk>>;

export function statefulRegExp(path: string, value: RegExp): CorsConfigurationProblem {
  return {
    code: 'stateful-regexp',
    path,
    value,
    message: `${quoted(value)} has the g or the y flag: it remembers where it stopped, and refuses every other request.`,
    hint: `Write ${quoted(new RegExp(value.source, value.flags.replace(/[gy]/g, '')))}.`,
  };
}
