import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const repository = new URL('../../', import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, repository), 'utf8');
}

/** The numbered promises of SECURITY.md, each with the lines below it. */
const promises = (/^## What is promised$(.*?)^## /ms.exec(read('SECURITY.md'))?.[1] ?? '')
  .split(/^(?=\d+\. )/m)
  .slice(1);

/** `- [shown](file): “title”` */
const TEST = /^ +- \[[^\]]+\]\(([^)]+)\): “([^”]+)”$/gm;

describe('the promises of SECURITY.md', () => {
  it('list: is numbered', () => {
    const numbers = promises.map((text) => Number.parseInt(text, 10));
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it.each(promises.map((text) => [/\*\*(.+?)\*\*/s.exec(text)?.[1]?.replaceAll(/\s+/g, ' '), text] as const))(
    'tests of a promise: exist: %s',
    (_promise, text) => {
      const tests = [...text.matchAll(TEST)].map(([, file, title]) => ({
        file: file as string,
        title: title as string,
      }));
      expect(tests).not.toEqual([]);
      expect(tests).toHaveLength(text.match(/^ +- /gm)?.length ?? 0);
      expect(tests.filter(({ file, title }) => !read(file).includes(title))).toEqual([]);
    },
  );
});
