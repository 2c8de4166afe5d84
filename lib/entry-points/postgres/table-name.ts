import { quoted } from '../../support/quoted.js';

/** One identifier, bare or quoted as in SQL. A quoted one may hold any character, with quotation marks doubled. */
const IDENTIFIER = '(?:[\\p{L}_][\\p{L}\\p{N}_$]*|"(?:[^"\\0]|"")+")';
const TABLE = new RegExp(`^(?:(${IDENTIFIER})\\.)?(${IDENTIFIER})$`, 'u');
const CHANNEL = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS: PostgreSQL truncates longer ones. */
const MAX_IDENTIFIER_BYTES = 63;

/**
 * A table's name, quoted for SQL. A name without quotes keeps its upper case: `CorsOrigins` is `"CorsOrigins"`.
 *
 * @throws TypeError for anything but a name, or a schema and a name
 */
export function quotedTable(name: string): string {
  const [match, schema, table] = (typeof name === 'string' && TABLE.exec(name)) || [];
  const parts = [schema, table].flatMap((part) => part ?? []).map(unquoted);
  if (match === undefined || !parts.every(isShortEnough)) {
    throw new TypeError(
      `\`table\` must be a name, or a schema and a name, of at most ${MAX_IDENTIFIER_BYTES} bytes each; got ${quoted(name)}. Write ` +
        'cors_origins or tenancy.cors_origins, with other characters than letters, digits and _ in double quotes: "cors-origins".',
    );
  }
  return parts.map(quotedIdentifier).join('.');
}

/** @throws TypeError for anything but a plain identifier */
export function checkedChannel(name: string): string {
  if (typeof name !== 'string' || !CHANNEL.test(name) || !isShortEnough(name)) {
    throw new TypeError(
      `\`channel\` must be a name of letters, digits and _, at most ${MAX_IDENTIFIER_BYTES}; got ${quoted(name)}. Write channel: 'cors_origins'.`,
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
