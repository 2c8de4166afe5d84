/**
 * A string as a literal of SQL, for queries that are sent as several statements in one message, which takes no parameters.
 * Neither a quotation mark nor a pair of backslashes is in it, so that no setting and no encoding of the session reads an
 * end of the literal into the string.
 *
 * https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE
 */
export function textLiteral(text: string): string {
  return `E'${text.replace(/['\\]/g, (character) => (character === "'" ? '\\x27' : '\\x5c'))}'`;
}

/** Strings as a literal of the type `text[]`. */
export function textArrayLiteral(texts: readonly string[]): string {
  const elements = texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`);
  return `${textLiteral(`{${elements.join(',')}}`)}::text[]`;
}
