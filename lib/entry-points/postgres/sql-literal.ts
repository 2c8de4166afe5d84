/**
 * A string as a literal of SQL, for queries of several statements in one message, which takes no parameters. It contains
 * neither a quotation mark nor a pair of backslashes, so that no setting or encoding of the session can end the literal early.
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
