import { describe, expect, it } from '@jest/globals';
import { createPathPolicies, pathOf } from '../../lib/routing/path-policies.js';
import type { RouterAdapter } from '../../lib/routing/router-adapter.js';
import { policy } from '../protocol/policies.js';

const express = (settings: object = {}): RouterAdapter => ({
  getInstance: () => ({ router: settings }),
  applyVersionFilter: (handler) => handler,
});

describe('the policies of paths', () => {
  const files = policy({ label: 'files' });
  const everything = policy({ label: 'everything' });

  it('are none for a target that has no path', () => {
    const paths = createPathPolicies([{ path: '/', policy: everything }], express());
    expect(paths.find('http://[')).toBeUndefined();
    expect(paths.find('/x')).toBe(everything);
  });

  it('compare letters as the router does', () => {
    const entries = [{ path: '/Files', policy: files }];
    expect(createPathPolicies(entries, express()).find('/fILES/x')).toBe(files);
    expect(createPathPolicies(entries, express({ caseSensitive: true })).find('/fILES/x')).toBeUndefined();
    expect(createPathPolicies(entries, express({ caseSensitive: true })).find('/Files/x')).toBe(files);
  });

  it('are those of the longest entry, in whatever order they are written', () => {
    const entries = [
      { path: '/', policy: everything },
      { path: '/files', policy: files },
    ];
    for (const written of [entries, entries.toReversed()]) {
      const paths = createPathPolicies(written, express());
      expect([paths.find('/files'), paths.find('/files/a'), paths.find('/filesystem')]).toEqual([
        files,
        files,
        everything,
      ]);
    }
  });
});

describe('the path of a target', () => {
  it('ends where the query or the fragment begins', () => {
    expect(['/a', '/a?b#c', '/a#c?b'].map(pathOf)).toEqual(['/a', '/a', '/a']);
  });
});
