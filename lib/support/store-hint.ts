const UNREACHABLE = 'The store cannot be reached: look whether it runs, and whether host and port are right.';
const NO_TABLE =
  'The table does not exist: run your migrations, or createOriginsSchema(pool) of nestjs-cors/postgres, against this database.';
const NO_RIGHT = 'The user may not read the table: grant select on it.';
const NO_DATABASE = 'The database does not exist: look at the name in the URL, or create it.';
const FULL = 'The store has no connection left: lower the `max` of the pools, or raise the limit of the server.';
const STARTING = 'The store is starting or stopping: try again when it is ready.';

/** What to do about an error of a store, by its `code` (Node.js, PostgreSQL, MySQL and MariaDB) or its `name` (ioredis). */
const HINTS: ReadonlyMap<unknown, string> = new Map([
  ['ECONNREFUSED', UNREACHABLE],
  ['ENOTFOUND', UNREACHABLE],
  ['EAI_AGAIN', UNREACHABLE],
  ['EHOSTUNREACH', UNREACHABLE],
  ['ETIMEDOUT', UNREACHABLE],
  ['ENOTCONN', UNREACHABLE],
  ['MaxRetriesPerRequestError', UNREACHABLE],
  ['42P01', NO_TABLE],
  ['ER_NO_SUCH_TABLE', NO_TABLE],
  ['42501', NO_RIGHT],
  ['ER_TABLEACCESS_DENIED_ERROR', NO_RIGHT],
  ['3D000', NO_DATABASE],
  ['ER_BAD_DB_ERROR', NO_DATABASE],
  ['53300', FULL],
  ['ER_CON_COUNT_ERROR', FULL],
  ['57P03', STARTING],
]);

/** A sentence with a space before it that says what to do about the error; empty for other errors. */
export function storeHint(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const hint = HINTS.get(code) ?? HINTS.get(name);
  return hint === undefined ? '' : ` ${hint}`;
}
