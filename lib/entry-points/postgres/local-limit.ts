/** SQLSTATE of a query that the server has canceled, at its limit or on request. */
export const QUERY_CANCELED = '57014';

/**
 * A statement that limits the time of each later statement of the transaction. A lower limit of the session stays in force.
 *
 * @param limit in milliseconds
 */
export function localLimit(limit: number): string {
  return (
    `select pg_catalog.set_config('statement_timeout', '${limit}', true) ` +
    `where pg_catalog.current_setting('statement_timeout')::interval not between '1ms' and '${limit}ms'`
  );
}
