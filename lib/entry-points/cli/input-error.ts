import { withoutSecrets } from '../../support/secrets/without-secrets.js';

/** Something that the person who typed the command can put right. Its message is a sentence that says what to do. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** What was thrown, in one sentence without secrets: the first paragraph of its message. */
export function sentenceOf(thrown: unknown): string {
  const [paragraph = ''] = withoutSecrets(messageOf(thrown))
    .trim()
    .split(/\n\s*\n/);
  const sentence = paragraph.replaceAll(/\s*\n\s*/g, ' ').trim();
  return sentence === '' ? 'an error without a message' : sentence;
}

/** All that is known of where it was thrown, without secrets. */
export function stackOf(thrown: unknown): string {
  try {
    const stack = (thrown as { stack?: unknown } | null | undefined)?.stack;
    return withoutSecrets(typeof stack === 'string' ? stack : messageOf(thrown));
  } catch {
    return 'an error without a message';
  }
}

function messageOf(thrown: unknown): string {
  try {
    return isErrorLike(thrown) ? thrown.message : String(thrown);
  } catch {
    // Its properties throw, or it has no text.
    return '';
  }
}

/** An error of another realm, or of a library that throws objects of its own. */
function isErrorLike(thrown: unknown): thrown is { readonly message: string } {
  return typeof (thrown as { message?: unknown } | null | undefined)?.message === 'string';
}
