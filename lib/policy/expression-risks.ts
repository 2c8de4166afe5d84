import { type ExpressionFault, faultsOf } from '../origin/expression-faults.js';
import { isRegistry } from '../origin/registrable-name.js';
import type { DescribedRisk, OriginRisk } from './origin-risks.js';
import { previewHint } from './preview-hosts.js';
import type { TolerableProblemCode } from '../options/problem.js';
import { quoted } from '../support/quoted.js';

const CODES: Readonly<Record<ExpressionFault['kind'], TolerableProblemCode>> = {
  unanchored: 'unanchored-regexp',
  'unescaped-dot': 'unescaped-dot',
  'public-suffix': 'public-suffix',
  'too-wide': 'wide-regexp',
  slow: 'slow-regexp',
  insecure: 'insecure-origin',
};

/** What is unsafe about an expression. */
export function risksOfExpression(expression: RegExp): readonly OriginRisk[] {
  return faultsOf(expression).map(({ kind, ...details }) => ({ code: CODES[kind], ...details }));
}

/** @param circumstance What makes a missing encryption matter: ` while credentials are on`. */
export function describeExpressionRisk(risk: OriginRisk, value: RegExp, circumstance: string): DescribedRisk {
  return DESCRIPTIONS[risk.code as keyof typeof DESCRIPTIONS](risk, quoted(value), circumstance);
}

type Description = (risk: OriginRisk, value: string, circumstance: string) => DescribedRisk;

const DESCRIPTIONS = {
  'unanchored-regexp': ({ letsIn }, value) => ({
    fact: `${named(letsIn)}can match a part of an origin, such as one that merely begins like yours`,
    remedy: `Have ${value} match a whole origin, from ^https:// to $, without the m flag.`,
  }),
  'unescaped-dot': ({ letsIn }, value) => ({
    fact: `${named(letsIn)}has a dot that stands for any character, so that it allows the names of others too`,
    remedy: `Write \\. for each dot of a name in ${value}, or a pattern instead: "https://*.example.com".`,
  }),
  // https://publicsuffix.org
  'public-suffix': ({ letsIn, suffix }) => ({
    fact: `${named(letsIn)}allows everybody who can register a name there`,
    remedy: isRegistry(String(suffix))
      ? `Put your own domain before the suffix: "https://*.example.${suffix}".`
      : (previewHint(String(suffix)) ?? `Write each origin in full: "https://my-name.${suffix}".`),
  }),
  'wide-regexp': ({ letsIn, unknown, everything, names }, value) =>
    unknown === true
      ? {
          fact: 'is too large or too new to be checked, so that it may allow origins of strangers',
          remedy: `Write a list of origins in the place of ${value}, or several short expressions.`,
        }
      : {
          fact: `${named(letsIn)}leaves open what strangers can choose: the scheme, or a part of the registered name`,
          remedy:
            everything === true
              ? `Write a list of origins in the place of ${value}, or origin: '*' without credentials.`
              : `Spell out the scheme and your own domain, with a dot before it, or write a list: ${ownNames(names as readonly string[])}.`,
        },
  // https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
  'slow-regexp': ({ unknown }, value) => ({
    fact:
      unknown === true
        ? 'is too large or too new to be checked, so that it may take seconds to refuse an origin'
        : 'has repetitions that read the same characters in many ways: an Origin header can be written that it takes seconds to refuse',
    remedy: `Write a pattern in the place of ${value}: "https://*.example.com" stands for any number of labels.`,
  }),
  // https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
  'insecure-origin': (_, __, circumstance) => ({
    fact: `is not encrypted${circumstance}: whoever is on the network can speak in its name`,
    remedy: 'Write `https:` alone in the expression.',
  }),
} satisfies Partial<Record<TolerableProblemCode, Description>>;

/** The beginning of a fact, with the origin that proves it. */
function named(letsIn: string | undefined): string {
  return letsIn === undefined ? '' : `lets in ${letsIn} because it `;
}

/** The names that an expression spells out, as they are allowed exactly and with what is below them. */
function ownNames([name = 'example.com']: readonly string[]): string {
  return `["https://${name}", "https://*.${name}"]`;
}
