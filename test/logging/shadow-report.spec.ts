import { describe, expect, it } from '@jest/globals';
import { type CorsShadowEvent, ShadowReport } from '../../lib/logging/shadow-report.js';

const DIFFERENCE: CorsShadowEvent = {
  kind: 'preflight',
  method: 'GET',
  route: '/orders',
  policy: 'module defaults',
  differences: ['granted'],
  live: 'origin-listed',
  shadow: 'origin-not-listed',
  origin: 'https://old.example',
  path: '/orders',
};

function reportOf() {
  const lines: string[] = [];
  return { lines, report: new ShadowReport({ warn: (line: string) => void lines.push(line) }) };
}

describe('the shadow report', () => {
  it('invented methods: share one entry', () => {
    const { lines, report } = reportOf();
    for (let i = 0; i < 10_000; i++) {
      report.record({ ...DIFFERENCE, method: `M${i}` });
    }
    report.record({ ...DIFFERENCE, method: 'get' });
    report.record(DIFFERENCE);
    expect(report.entries().map(({ method, count }) => [method, count])).toEqual([
      ['other', 10_001],
      ['GET', 1],
    ]);
    expect(lines).toHaveLength(2);
    expect(report.entries().overflow).toBe(0);
  });

  it('other values that a client may invent: add no entry', () => {
    const { report } = reportOf();
    for (let i = 0; i < 1000; i++) {
      report.record({ ...DIFFERENCE, route: undefined, origin: `https://o${i}.example`, path: `/p${i}` });
    }
    const [entry, ...others] = report.entries();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ count: 1000, route: undefined });
    expect(entry).not.toHaveProperty('path');
    expect(entry?.origins).toHaveLength(10);
    expect(entry?.origins.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map((i) => `https://o${i}.example`));
    expect(entry?.origins.at(-1)).toBe('https://o999.example');
    report.record({ ...DIFFERENCE, route: undefined });
    report.record({ ...DIFFERENCE, route: undefined, origin: 'https://o0.example' });
    expect(report.entries()[0]?.origins).toContain('https://old.example');
    expect(report.entries()[0]?.origins).toHaveLength(10);
  });

  it('more entries than it can hold: says so in the report and once in the log', () => {
    const { lines, report } = reportOf();
    for (let i = 0; i < 5010; i++) {
      report.record({ ...DIFFERENCE, route: `/r${i}` });
    }
    report.record({ ...DIFFERENCE, route: '/r0' });
    expect(report.entries()).toHaveLength(5000);
    expect(report.entries().overflow).toBe(10);
    expect(report.entries()[0]).toMatchObject({ route: '/r0', count: 2 });
    expect(lines.slice(5000)).toEqual([expect.stringMatching(/^The shadow report is full: .*overflow/)]);
  });

  it('path that Nest does not route: is in the log as one bounded word', () => {
    const { lines, report } = reportOf();
    report.record({ ...DIFFERENCE, kind: 'actual', method: 'frob', route: undefined, path: '/x\u001b?secret' });
    report.record(DIFFERENCE);
    expect(lines.map((line) => line.split(' from ')[0])).toEqual([
      'The shadow of module defaults would answer frob on /x (not routed by Nest)',
      'The shadow of module defaults would answer the preflight of GET /orders',
    ]);
  });
});
