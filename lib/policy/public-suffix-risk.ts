import { isHostingName } from '../origin/hosting-names.js';
import { parseOriginPattern, type OriginPattern } from '../origin/origin-pattern.js';
import { coveredPublicSuffix } from '../origin/public-suffix.js';
import { previewHint } from './preview-hosts.js';

/** Who is allowed by a pattern that covers `suffix`: the end of a sentence. */
export function publicSuffixFact({ host }: OriginPattern, suffix: string): string {
  return host === suffix || host === `${suffix}.`
    ? 'everybody who can register a name there'
    : `everybody who can register a name below it, such as under "${suffix}"`;
}

/** Who is allowed by a pattern over a public suffix, or above one: the end of a sentence. */
export function strangersIn(value: string): string {
  const { pattern, suffix } = coverage(value);
  return publicSuffixFact(pattern, suffix);
}

/**
 * What to write in the place of a pattern over a public suffix, or above one.
 *
 * @param expressions Whether an expression can be written there: a row of a store is text.
 */
export function publicSuffixRemedy(value: string, expressions: boolean): string {
  const { pattern, suffix } = coverage(value);
  const { scheme, host, port } = pattern;
  const atPort = port === undefined ? '' : port === 'any' ? ':*' : `:${port}`;
  const preview = expressions && scheme === 'https' && port === undefined ? previewHint(suffix) : undefined;
  if (preview !== undefined) {
    return preview;
  }
  // Below a hosting name there may be more labels before a name has an owner.
  return host !== suffix && host !== `${suffix}.`
    ? inFull(scheme, suffix, atPort)
    : ownDomain(value, suffix, scheme, atPort);
}

function ownDomain(text: string, suffix: string, scheme: string, atPort: string): string {
  return isHostingName(suffix)
    ? inFull(scheme, suffix, atPort)
    : `Put your own domain before the suffix: "${text.replace('*.', '*.example.')}".`;
}

function inFull(scheme: string, suffix: string, atPort: string): string {
  return `Write each origin in full: "${scheme}://my-name.${suffix}${atPort}".`;
}

/** The pattern, which covers a public suffix, and that suffix. */
function coverage(value: string): { readonly pattern: OriginPattern; readonly suffix: string } {
  const pattern = parseOriginPattern(value) as OriginPattern;
  return { pattern, suffix: coveredPublicSuffix(pattern) as string };
}
