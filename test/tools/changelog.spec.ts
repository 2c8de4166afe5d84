import { describe, expect, it } from '@jest/globals';

// A script: it has no types.
const { released } = (await import('./changelog.js' as string)) as {
  released(changelog: string, version: string): string;
};

const CHANGELOG = '# Changelog\n\n## Unreleased\n\n### Behaviour\n\n- New.\n\n## 0.1.0\n\n- First.\n';

describe('a release', () => {
  it('unreleased entries: get its version, and the others stay', () => {
    expect(released(CHANGELOG, '0.2.0')).toBe(CHANGELOG.replace('## Unreleased', '## 0.2.0'));
  });

  it.each([
    ['no unreleased part', CHANGELOG.replace('## Unreleased', '## 0.2.0'), '0.3.0', 'has no entries below'],
    ['no entries', CHANGELOG.replace('- New.', ''), '0.2.0', 'has no entries below'],
    ['the version already', CHANGELOG, '0.1.0', 'CHANGELOG.md has 0.1.0 already.'],
    ['no version', CHANGELOG, 'next', 'The version must be one of semantic versioning; got next.'],
  ])('%s: is refused', (_, changelog, version, message) => {
    expect(() => released(changelog, version)).toThrow(message);
  });
});
