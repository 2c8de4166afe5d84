import { jest } from '@jest/globals';
import type { OriginList, OriginListContext, StoredOrigin } from '../../lib/options/index.js';
import { OriginSnapshot } from '../../lib/lookup/origin-snapshot.js';
import type { ListEvent } from '../../lib/logging/list-log.js';
import type { OriginListSettings } from '../../lib/policy/lookup-options.js';
import { LOOKUP_SETTINGS } from './settings.js';

export const LIST_SETTINGS: OriginListSettings = { ...LOOKUP_SETTINGS.lists, jitter: 0 };

/** A list whose rows, and whose failures, are the test's. */
export class StagedList implements OriginList {
  rows: StoredOrigin[] = [];
  /** What takes the place of an answer, such as a failure. */
  instead: ((context: OriginListContext) => unknown) | undefined;

  readonly loadOrigins = jest.fn((context: OriginListContext) => this.read(context, () => [...this.rows]));

  protected async read(context: OriginListContext, rows: () => StoredOrigin[]): Promise<StoredOrigin[]> {
    return this.instead === undefined ? rows() : (this.instead(context) as StoredOrigin[]);
  }
}

/** One that can read the rows of a single origin, too. */
export class StagedListOfSingles extends StagedList {
  readonly loadOrigin = jest.fn((origin: string, context: OriginListContext) =>
    this.read(context, () => this.rows.filter((row) => (typeof row === 'string' ? row : row.origin) === origin)),
  );
}

/** A snapshot of the list, and what it reported. */
export function snapshotOf(list: OriginList, settings: Partial<OriginListSettings> = {}) {
  const events: ListEvent[] = [];
  const snapshot = new OriginSnapshot(list, 'Partners', { ...LIST_SETTINGS, ...settings }, (_subject, event) =>
    events.push(event),
  );
  return { snapshot, events };
}
