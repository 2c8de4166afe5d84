/** PostgreSQL has no NUL in texts, and UTF-8 no lone surrogates: the driver would make another character of them. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** Whether a column can hold the text, so that looking for it finds this text and no other. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}
