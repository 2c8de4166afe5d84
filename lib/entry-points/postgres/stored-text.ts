/** PostgreSQL stores no NUL in strings, and UTF-8 has no lone surrogates: the driver would replace them. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** Whether a column can hold the string, so that a query for it finds no other string. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}
