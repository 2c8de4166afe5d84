import { withoutNamedValues } from './named-values.js';
import { folded, withoutInvisible } from './printable.js';
import { withoutArguments, withoutPrivateKeys, withoutSecretAddresses, withoutTokens } from './tokens.js';
import { withoutUserInfo } from './user-info.js';

/** Only this many UTF-16 code units are read, because a message can have any length. */
const MAX_READ = 16_384;
/** Longest word that is dropped at a cut: `user:password` without its `@host` would not be recognized. */
const MAX_CUT_WORD = 1024;

/** Encoded words may hold encoded words. */
const MAX_DEPTH = 3;
const QUOTE_ENTITIES = /&(?:quot|#34|#x22);|&(?:apos|#39|#x27);/gi;

/**
 * The string with `***` in place of passwords, tokens, keys and cookies that have a known form. Invisible characters are
 * removed, since they could split a name, and every line end is `\n`.
 *
 * Takes linear time. Call it before the string is cut: half of a secret is not recognized.
 */
export function withoutSecrets(text: string): string {
  const read = withoutInvisible(text.slice(0, MAX_READ * 2));
  const shown = bounded(read, text.length > MAX_READ * 2);
  const plain = folded(shown);
  const masked = maskAll(plain, 0);
  return masked === plain ? shown : masked;
}

/** Like {@link withoutSecrets}, but a string without secrets does not change. */
export function maskedIfSecret(text: string): string {
  const masked = withoutSecrets(text);
  return masked === withoutInvisible(text) ? text : masked;
}

function maskAll(text: string, depth: number): string {
  const plain = text.replace(QUOTE_ENTITIES, (entity) => (/q|34|22/i.test(entity) ? '"' : "'"));
  // Keys first: they have blanks, and a name before one would mask its first word only.
  const masked = [
    withoutPrivateKeys,
    withoutSecretAddresses,
    withoutArguments,
    withoutUserInfo,
    withoutNamedValues,
    withoutTokens,
  ].reduce((rest, mask) => mask(rest), plain);
  return depth < MAX_DEPTH
    ? masked.replace(/\S+/g, (word) => (/[%+]/.test(word) ? maskEncoded(word, depth + 1) : word))
    : masked;
}

/** Decodes a word whose percent-encoding hides a secret. */
function maskEncoded(word: string, depth: number): string {
  const single = word.replaceAll('+', ' ').replace(/%(?:25)+(?=[\da-f]{2})/gi, '%');
  const decoded = folded(withoutInvisible(single.replace(/(?:%[\da-f]{2})+/gi, decode)));
  const masked = maskAll(decoded, depth);
  return masked === decoded ? word : masked;
}

function decode(octets: string): string {
  return Buffer.from(octets.replaceAll('%', ''), 'hex').toString();
}

/** The beginning of a string, without the word at the cut. */
function bounded(text: string, isCut: boolean): string {
  if (!isCut && text.length <= MAX_READ) {
    return text;
  }
  let end = Math.min(text.length, MAX_READ);
  const least = Math.max(0, end - MAX_CUT_WORD);
  while (end > least && !isBlank(text[end - 1])) {
    end--;
  }
  return `${text.slice(0, end)}…`;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\t';
}
