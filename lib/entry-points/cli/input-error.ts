import { withoutSecrets } from '../../support/secrets/without-secrets.js';

/** An error that the user of the command can correct. Its message says how. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** The first paragraph of the message of a thrown value, without secrets. */
export function sentenceOf(thrown: unknown): string {
  const [paragraph = ''] = withoutSecrets(messageOf(thrown))
    .trim()
    .split(/\n\s*\n/);
  const sentence = paragraph.replaceAll(/\s*\n\s*/g, ' ').trim();
  return sentence === '' ? 'an error without a message' : sentence;
}

/** The stack of a thrown value, without secrets. */
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
    // Its properties throw, or it cannot become a string.
    return '';
  }
}

/** An error of another realm, or of a library that throws objects of its own. */
function isErrorLike(thrown: unknown): thrown is { readonly message: string } {
  return typeof (thrown as { message?: unknown } | null | undefined)?.message === 'string';
}
