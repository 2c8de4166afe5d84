import { describe, expect, it } from '@jest/globals';
import { StaleRows } from '../../lib/lookup/stale-rows.js';

const A = 'https://a.example';
const SUBDOMAINS = 'https://*.b.example';

describe('stale rows', () => {
  it('marked row: is stale until it is read', () => {
    const stale = new StaleRows();
    const all = () => [A, SUBDOMAINS, 'https://x.b.example'].filter((text) => stale.has(text));
    expect([all(), stale.isEmpty]).toEqual([[], true]);
    stale.mark(A);
    stale.mark(SUBDOMAINS);
    expect([all(), stale.isEmpty]).toEqual([[A, SUBDOMAINS], false]);
    stale.settle(SUBDOMAINS, stale.latest);
    stale.settle('https://unknown.example', stale.latest);
    expect(all()).toEqual([A]);
    stale.settleAll(stale.latest);
    expect([all(), stale.isEmpty]).toEqual([[], true]);
  });

  it('change since the reading began: stays stale', () => {
    const stale = new StaleRows();
    stale.mark(A);
    const began = stale.latest;
    stale.mark(A);
    stale.settle(A, began);
    expect(stale.has(A)).toBe(true);
    // A request from before the second change has been waiting for the first one alone.
    expect(stale.has(A, began)).toBe(false);
    stale.settleAll(began);
    expect(stale.has(A)).toBe(true);
    stale.settleAll(stale.latest);
    expect(stale.has(A)).toBe(false);
  });

  it('very many: are all rows, and not told apart', () => {
    const stale = new StaleRows();
    for (let i = 0; i < 100_000; i++) {
      stale.mark(`https://a-${i}.example`);
    }
    expect(stale.has(A)).toBe(false);
    const began = stale.latest;
    stale.mark('https://one-more.example');
    stale.mark('https://another.example');
    expect(stale.has(A)).toBe(true);
    stale.settleAll(began);
    expect([stale.has(A), stale.has(A, began)]).toEqual([true, false]);
    stale.settleAll(stale.latest);
    expect([stale.has(A), stale.isEmpty]).toEqual([false, true]);
  });
});
