import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ClosedConnectionLog } from '../../lib/logging/closed-connection-log.js';
import { policy } from '../decision/policies.js';

const OF_ACME = { policy: policy({ label: 'policy "partners"' }), origin: 'https://a.example', tenant: 'acme' };

describe('the log of closed connections', () => {
  let lines: string[];
  const log = (level: 'off' | 'refusals') =>
    new ClosedConnectionLog(level, { log: (line: string) => void lines.push(line) });

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('closed connections: says whose, how many, and why', () => {
    const all = log('refusals');
    all.report(OF_ACME, 1_000, 'lookup-refused');
    all.report({ ...OF_ACME, tenant: undefined }, 1, 'origin-function-refused');
    expect(lines).toEqual([
      'Closed 1000 open connections from https://a.example for tenant "acme" under policy "partners": lookup-refused.',
      'Closed 1 open connection from https://a.example under policy "partners": origin-function-refused.',
    ]);
  });

  it('many: writes one line a minute for each policy, origin and tenant', () => {
    const all = log('refusals');
    all.report(OF_ACME, 1, 'lookup-refused');
    all.report(OF_ACME, 1, 'lookup-refused');
    jest.advanceTimersByTime(60_001);
    all.report(OF_ACME, 1, 'lookup-refused');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/\(and 1 times since it was last logged\)$/);
  });

  it('logging off: writes nothing', () => {
    log('off').report(OF_ACME, 1, 'lookup-refused');
    expect(lines).toEqual([]);
  });

  it('logger that throws: does not fail', () => {
    const failing = new ClosedConnectionLog('all', {
      log: () => {
        throw new Error('disk full');
      },
    });
    expect(() => failing.report(OF_ACME, 1, 'lookup-refused')).not.toThrow();
  });
});
