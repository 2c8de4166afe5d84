/** Something that the person who typed the command can put right. Its message is a sentence that says what to do. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** What was thrown, in one sentence: the first paragraph of its message. */
export function sentenceOf(thrown: unknown): string {
  const message = thrown instanceof Error || isErrorLike(thrown) ? thrown.message : String(thrown);
  const [paragraph = ''] = message.trim().split(/\n\s*\n/);
  const sentence = paragraph.replaceAll(/\s*\n\s*/g, ' ').trim();
  return sentence === '' ? 'an error without a message' : sentence;
}

/** An error of another realm, or of a library that throws objects of its own. */
function isErrorLike(thrown: unknown): thrown is { readonly message: string } {
  return typeof (thrown as { message?: unknown } | null | undefined)?.message === 'string';
}
