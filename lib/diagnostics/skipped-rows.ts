import type { OriginSnapshot } from '../lookup/origin-snapshot.js';
import type { CorsAuditFinding } from './audit.js';

/** What an audit looks at of a list. */
export type AuditedList = Pick<OriginSnapshot, 'subject' | 'skipped'>;

/** Skipped rows of a list that a finding spells out. */
const MAX_NAMED_ROWS = 5;

/** The finding about a list that skipped rows; none where it skipped none. */
export function skippedRows({ subject, skipped }: AuditedList): CorsAuditFinding[] {
  const { count, first } = skipped;
  const named = first
    .slice(0, MAX_NAMED_ROWS)
    .map(({ row, code, message, hint }) => `row ${row} [${code}]: ${message} ${hint}`);
  const more =
    count > named.length ? [`And ${count - named.length} more, of which CorsOriginCache.stats() names the first.`] : [];
  return count === 0
    ? []
    : [
        {
          code: 'skipped-rows',
          subject,
          message: `${count === 1 ? '1 row was skipped, and allows' : `${count} rows were skipped, and allow`} nobody. ${[...named, ...more].join(' ')}`,
          hint: 'Correct the rows in the store, or delete them.',
        },
      ];
}
