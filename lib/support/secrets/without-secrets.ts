import { withoutArguments } from './command-lines.js';
import { withoutNamedValues } from './named-values.js';
import { folded, withoutInvisible } from './printable.js';
import { withoutPrivateKeys, withoutSecretAddresses, withoutTokens } from './tokens.js';
import { withoutUserInfo } from './user-info.js';

/** No more is looked through, in UTF-16 code units: a message may be as long as what it complains of. */
const MAX_READ = 16_384;
/** Longest word that may be a secret whose form a cut hides, such as `user:password@host` before its `@`. */
const MAX_CUT_WORD = 1024;

/** Encoded words may hold encoded words; each word's own encoding is undone at once, however often it was done. */
const MAX_DEPTH = 3;
const QUOTE_ENTITIES = /&(?:quot|#34|#x22);|&(?:apos|#39|#x27);/gi;

/**
 * The text with `***` in place of passwords, tokens, keys and cookies, as far as their form gives them away. It has no
 * invisible characters, which could part a name that a pattern looks for, and `\n` for every kind of line end.
 *
 * Takes linear time. Call it before anything cuts the text: half of a secret has no form any more.
 */
export function withoutSecrets(text: string): string {
  const read = withoutInvisible(text.slice(0, MAX_READ * 2));
  const shown = bounded(read, text.length > MAX_READ * 2);
  const plain = folded(shown);
  const masked = maskAll(plain, 0);
  return masked === plain ? shown : masked;
}

/** As {@link withoutSecrets}, but a text without secrets stays as it is, with its invisible characters. */
export function maskedIfSecret(text: string): string {
  const masked = withoutSecrets(text);
  return masked === withoutInvisible(text) ? text : masked;
}

function maskAll(text: string, depth: number): string {
  const plain = text.replace(QUOTE_ENTITIES, (entity) => (/q|34|22/i.test(entity) ? '"' : "'"));
  // Keys first: they have blanks, and a name before one would take only its first word.
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

/** A word whose percent-encoding hides a secret is shown decoded. Any other stays as it is. */
function maskEncoded(word: string, depth: number): string {
  const single = word.replaceAll('+', ' ').replace(/%(?:25)+(?=[\da-f]{2})/gi, '%');
  const decoded = folded(withoutInvisible(single.replace(/(?:%[\da-f]{2})+/gi, decode)));
  const masked = maskAll(decoded, depth);
  return masked === decoded ? word : masked;
}

/** Octets that are no UTF-8 do no harm here. */
function decode(octets: string): string {
  return Buffer.from(octets.replaceAll('%', ''), 'hex').toString();
}

/** The beginning of a text, without the word that the bound would cut. */
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
