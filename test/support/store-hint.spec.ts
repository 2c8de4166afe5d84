import { describe, expect, it } from '@jest/globals';
import { LookupFailureLog } from '../../lib/logging/lookup-failure-log.js';
import { storeHint } from '../../lib/support/store-hint.js';

describe('the hint about what a store answers', () => {
  it.each([
    ['42P01', /^ The table does not exist: run your migrations/],
    ['ER_NO_SUCH_TABLE', /^ The table does not exist/],
    ['ECONNREFUSED', /^ The store cannot be reached/],
    ['42501', /grant select on it\.$/],
    ['3D000', /^ The database does not exist/],
  ])('%s: says what to do', (code, hint) => {
    expect(storeHint(Object.assign(new Error('x'), { code }))).toMatch(hint);
  });

  it('errors that ioredis has a name for: says what to do', () => {
    expect(storeHint(Object.assign(new Error('x'), { name: 'MaxRetriesPerRequestError' }))).toMatch(
      /cannot be reached/,
    );
  });

  it.each([undefined, null, 'text', new Error('x'), { code: 'ELSE' }, { code: 7 }])('%p: says nothing', (error) => {
    expect(storeHint(error)).toBe('');
  });

  it('failed lookup: has it in its line', () => {
    const lines: unknown[] = [];
    const log = new LookupFailureLog({ error: (line) => lines.push(line), warn: (line) => lines.push(line) });
    const error = Object.assign(new Error('relation "cors_origins" does not exist'), { code: '42P01' });
    log.report('Origins', { kind: 'threw', error }, 'https://a.example');
    expect(lines).toEqual([
      'Origins failed, so the origin was refused: Error (42P01): relation "cors_origins" does not exist. The table does not exist: ' +
        'run your migrations, or createOriginsSchema(pool) of nestjs-cors/postgres, against this database.',
    ]);
  });
});
