import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ListLog } from '../../lib/logging/list-log.js';
import type { OriginRowProblem } from '../../lib/options/index.js';
import { readRow } from '../../lib/lookup/row-reader.js';
import { SkippedRows } from '../../lib/lookup/skipped-rows.js';

describe('the log of a list', () => {
  let lines: [string, string][];
  let log: ListLog;

  const skipped = (...stored: unknown[]): SkippedRows => {
    const rows = new SkippedRows();
    stored.forEach((row, place) => rows.add(readRow(row, place) as OriginRowProblem));
    return rows;
  };

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    log = new ListLog({
      error: (line: string) => void lines.push(['error', line]),
      warn: (line: string) => void lines.push(['warn', line]),
      log: (line: string) => void lines.push(['log', line]),
    });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('skipped rows: says which, why, and what to do', () => {
    log.report('Partners', { kind: 'skipped', rows: skipped('*', { origin: 'https://A.example', id: 17 }) });
    expect(lines).toEqual([
      [
        'warn',
        'Partners: 2 rows were skipped, and allow no origin. row 0 [wildcard-in-list]: "*" is not an origin. Delete the row; ' +
          "`origin: '*'` is for the policy. row 17 [malformed-origin]: `origin` must be an origin in lower case, as " +
          'browsers send it; got "https://A.example". Write "https://a.example".',
      ],
    ]);
  });

  it('one skipped row: is in the singular', () => {
    log.report('Partners', { kind: 'skipped', rows: skipped('*') });
    expect(lines[0]?.[1]).toMatch(/^Partners: 1 row was skipped, and allows no origin\. row 0 /);
  });

  it('any number of rows, whatever they hold: is one line of bounded length', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => `https://a\r\n\u2028${i}${'x'.repeat(200)}`);
    log.report('Partners', { kind: 'skipped', rows: skipped(...rows) });
    const [, line] = lines[0] as [string, string];
    expect(line).toMatch(/^Partners: 10000 rows were skipped/);
    expect(line).not.toMatch(/[\p{Cc}\u2028]/u);
    expect(line.length).toBeLessThanOrEqual(1_000);
  });

  it('more rows than it lists: says how many more', () => {
    log.report('Partners', { kind: 'skipped', rows: skipped(...Array.from({ length: 7 }, () => null)) });
    expect(lines[0]?.[1]).toMatch(/row 4 \[invalid-value\].*And 2 more\.$/);
  });

  it('no skipped rows any more: writes nothing', () => {
    log.report('Partners', { kind: 'skipped', rows: skipped() });
    expect(lines).toEqual([]);
  });

  it('failure: says that no origin is allowed, or that an older list stays in force', () => {
    log.report('Partners', { kind: 'failed', error: new Error('at postgres://u:secret@db/x\nno'), age: undefined });
    log.report('Partners', { kind: 'recovered' });
    log.report('Partners', { kind: 'failed', error: 'text', age: 61_400 });
    expect(lines).toEqual([
      ['error', 'Partners could not be read, so none of its origins is allowed: Error: at postgres://***@db/x no'],
      ['log', 'Partners was read again.'],
      ['error', 'Partners could not be read, so the list of 61 s ago stays in force: a string'],
    ]);
  });

  it('lasting failure: is repeated once a minute, and its end is written', () => {
    const failed = { kind: 'failed', error: new Error('no'), age: undefined } as const;
    for (let second = 0; second < 120; second++) {
      log.report('Partners', failed);
      jest.advanceTimersByTime(1_000);
    }
    log.report('Partners', { kind: 'recovered' });
    log.report('Partners', { kind: 'recovered' });
    expect(lines.map(([level]) => level)).toEqual(['error', 'error', 'log']);
  });

  it('logger that throws: loses no list', () => {
    const failing = new ListLog({
      error: () => {
        throw new Error('disk full');
      },
      warn: () => {},
      log: () => {},
    });
    expect(() => failing.report('Partners', { kind: 'failed', error: new Error('no'), age: 0 })).not.toThrow();
  });
});
