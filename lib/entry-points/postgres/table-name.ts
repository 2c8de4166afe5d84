/** One identifier, bare or quoted as in SQL; a quoted one may hold anything, a quotation mark being written twice. */
const IDENTIFIER = '(?:[\\p{L}_][\\p{L}\\p{N}_$]*|"(?:[^"\\0]|"")+")';
const TABLE = new RegExp(`^(?:(${IDENTIFIER})\\.)?(${IDENTIFIER})$`, 'u');
const CHANNEL = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS: the rest would be cut off. */
const MAX_IDENTIFIER_BYTES = 63;

/**
 * A table's name, quoted for SQL. What is written without quotes is taken as it is, upper case included: `CorsOrigins` is
 * `"CorsOrigins"`.
 *
 * @throws TypeError when it is neither a name nor a schema and a name
 */
export function quotedTable(name: string): string {
  const [match, schema, table] = (typeof name === 'string' && TABLE.exec(name)) || [];
  const parts = [schema, table].flatMap((part) => part ?? []).map(unquoted);
  if (match === undefined || !parts.every(isShortEnough)) {
    throw new TypeError(
      `table: ${JSON.stringify(name)} is no name of a table. Write a name or a schema and a name ` +
        '(cors_origins, tenancy.cors_origins), other characters than letters, digits and _ in double quotes ' +
        `("cors-origins"), and at most ${MAX_IDENTIFIER_BYTES} bytes each.`,
    );
  }
  return parts.map(quotedIdentifier).join('.');
}

/** @throws TypeError when it is no plain identifier */
export function checkedChannel(name: string): string {
  if (typeof name !== 'string' || !CHANNEL.test(name) || !isShortEnough(name)) {
    throw new TypeError(
      `channel: ${JSON.stringify(name)} is no name of a channel. Write letters, digits and _, at most ${MAX_IDENTIFIER_BYTES}.`,
    );
  }
  return name;
}

export function quotedIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function unquoted(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part;
}

function isShortEnough(name: string): boolean {
  return Buffer.byteLength(name) <= MAX_IDENTIFIER_BYTES;
}
