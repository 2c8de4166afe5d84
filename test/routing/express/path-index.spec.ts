import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { match } from 'path-to-regexp';
import { ExpressPathIndex, type PathMatching, joinedParams } from '../../../lib/routing/express/path-index.js';

const fixed = fc.constantFrom('a', 'b', 'A', 'api', 'v1', 'é', 'x-y', '');
const patternSegment = fc.oneof(
  { weight: 3, arbitrary: fixed },
  { weight: 1, arbitrary: fc.constantFrom(':id', ':name', 'a-:id', '*rest') },
);
const pattern = fc
  .tuple(
    fc.array(patternSegment, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '', '{/:optional}', '/', '{/a}', '{a/}', '{/a}b', '{-:optional}'),
  )
  .map(([segments, end]) => `/${segments.join('/')}${end}`)
  .filter((path) => isPattern(path));
const pathname = fc
  .array(fc.constantFrom('a', 'b', 'A', 'API', 'api', 'v1', 'V1', 'é', 'É', 'x-y', 'a-1', '', '7', 'K'), {
    maxLength: 7,
  })
  .map((segments) => `/${segments.join('/')}`);
const matching = fc.record({ caseSensitive: fc.boolean(), ignoreTrailingSlash: fc.boolean() });

describe('Express path index › lookup of a path', () => {
  it('any path: returns the routes that a linear search finds, in the same order', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 12 }),
        fc.array(pathname, { minLength: 1, maxLength: 8 }),
        matching,
        (patterns, paths, options) => {
          const index = new ExpressPathIndex<string>(options);
          patterns.forEach((path) => index.add(path, false, path));
          for (const path of paths) {
            expect(shown(index, path)).toEqual(tried(patterns, path, options));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('path with more segments than any route: does no extra work', () => {
    const index = new ExpressPathIndex<string>({ caseSensitive: false, ignoreTrailingSlash: true });
    index.add('/api/v1/orders/:id', false, 'order');
    const lookups = lookupsOfPaths(() => expect(shown(index, `/api/v1/orders${'/a'.repeat(4000)}`)).toEqual([]));
    expect(lookups).toBeLessThan(10);
  });

  it.each([
    ['without parameters', (name: string) => `/api/${name}`, '/api/n12'],
    ['without parameters, with a slash at the end', (name: string) => `/api/${name}`, '/api/n12/'],
    ['with a parameter of its own segment', (name: string) => `/api/${name}/:id`, '/api/n12/1'],
    ['with parameters further on', (name: string) => `/api/${name}/:id/x/:other`, '/api/n12/1/x/2'],
    ['with a parameter within a segment', (name: string) => `/${name}/a-:id`, '/n12/a-1'],
    ['with a wildcard', (name: string) => `/${name}/*rest`, '/n12/a/b'],
    ['with an optional parameter', (name: string) => `/${name}{/:id}`, '/n12'],
    ['with an optional segment', (name: string) => `/${name}{/list}`, '/n12/list'],
  ])('many paths %s: tests no other one', (_kind, pathOf, path) => {
    for (const caseSensitive of [false, true]) {
      const index = new ExpressPathIndex<string>({ caseSensitive, ignoreTrailingSlash: true });
      for (let i = 0; i < 100; i++) {
        index.add(pathOf(`n${i}`), false, `n${i}`);
      }
      let found: string[] = [];
      // The first request compiles what it meets.
      shown(index, path);
      const expressions = expressionsTriedBy(() => (found = shown(index, path)));
      expect({ caseSensitive, expressions, found }).toEqual({ caseSensitive, expressions: 1, found: ['n12'] });
    }
  });

  it.each([
    ['/users{/:id}abc', ['/usersabc', '/users/1abc']],
    ['/user{s}', ['/user', '/users']],
    ['/users{/:id}', ['/users', '/users/1']],
    ['/users//', ['/users', '/users/']],
  ])('optional parts: finds %s with and without them', (route, paths) => {
    const index = new ExpressPathIndex<string>({ caseSensitive: true, ignoreTrailingSlash: true });
    index.add(route, false, route);
    expect(paths.map((path) => shown(index, path))).toEqual(paths.map(() => [route]));
  });

  it('characters of regular expressions: are literals', () => {
    const index = new ExpressPathIndex<string>({ caseSensitive: false, ignoreTrailingSlash: true });
    index.add('/a/:id', false, 'a');
    expect([shown(index, '/a/('), shown(index, '/a/[x')]).toEqual([['a'], ['a']]);
  });

  it('one slash, and a second one where trailing slashes are ignored: is the root', () => {
    const index = (ignoreTrailingSlash: boolean) => {
      const added = new ExpressPathIndex<string>({ caseSensitive: false, ignoreTrailingSlash });
      added.add('/', false, 'root');
      return ['/', '//', '///'].map((path) => shown(added, path).length);
    };
    expect([index(true), index(false)]).toEqual([
      [1, 1, 0],
      [1, 0, 0],
    ]);
  });

  it('handler mounted at the root: has no parameters', () => {
    const index = new ExpressPathIndex<string>({ caseSensitive: false, ignoreTrailingSlash: true });
    index.add('/', true, 'root');
    const seen: unknown[] = [];
    for (const path of ['/a/b', '*']) {
      index.visit(path, (value, params) => seen.push([path, value, params]) === 0);
    }
    expect(seen).toEqual([
      ['/a/b', 'root', {}],
      ['*', 'root', {}],
    ]);
  });
});

function shown(index: ExpressPathIndex<string>, path: string): string[] {
  const values: string[] = [];
  index.visit(path, (value) => {
    values.push(value);
    return false;
  });
  return values;
}

/** One after the other, as `router` does with its layers. */
function tried(
  patterns: readonly string[],
  path: string,
  { caseSensitive, ignoreTrailingSlash }: PathMatching,
): string[] {
  return patterns.filter((written) => {
    const loose = ignoreTrailingSlash && written !== '/' ? written.replace(/\/+$/, '') : written;
    return match(loose, { sensitive: caseSensitive, trailing: ignoreTrailingSlash })(path) !== false;
  });
}

function isPattern(path: string): boolean {
  try {
    match(path);
    return true;
  } catch {
    return false;
  }
}

function expressionsTriedBy(work: () => unknown): number {
  const exec = jest.spyOn(RegExp.prototype, 'exec');
  try {
    work();
    return exec.mock.calls.filter(([text]) => text.startsWith('/')).length;
  } finally {
    exec.mockRestore();
  }
}

function lookupsOfPaths(work: () => void): number {
  const get = jest.spyOn(Map.prototype, 'get');
  try {
    work();
    return get.mock.calls.filter(([key]) => typeof key === 'string' && key.startsWith('/')).length;
  } finally {
    get.mockRestore();
  }
}

describe('Express path index › parameters of a dispatched request', () => {
  it.each([
    ['joins the segments of a wildcard', { rest: ['a', 'b'], id: '7' }, { rest: 'a/b', id: '7' }],
    ['are none where the application has removed them', undefined, {}],
  ])('%s', (_name, params, expected) => {
    expect(joinedParams(params)).toEqual(expected);
  });
});
