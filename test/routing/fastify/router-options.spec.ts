import { describe, expect, it } from '@jest/globals';
import { storedPath } from '../../../lib/routing/fastify/paths.js';
import { routerOptionsOf } from '../../../lib/routing/fastify/router-options.js';

describe('Fastify router options', () => {
  it('options that differ from the defaults: are read from every place', () => {
    const options = (initialConfig?: Record<string, unknown>) => routerOptionsOf({ initialConfig } as never);
    expect(options()).toMatchObject({ caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 100 });
    expect(
      options({ caseSensitive: false, routerOptions: { caseSensitive: true, maxParamLength: 9 }, maxParamLength: 100 }),
    ).toMatchObject({
      caseSensitive: false,
      maxParamLength: 9,
    });
  });

  it('options: decide how a path is stored', () => {
    const stored = (ignoreTrailingSlash: boolean, ignoreDuplicateSlashes: boolean) =>
      storedPath('//a//', { ...routerOptionsOf({} as never), ignoreTrailingSlash, ignoreDuplicateSlashes });
    expect([stored(false, false), stored(true, false), stored(true, true)]).toEqual(['//a//', '//a/', '/a']);
  });

  const byDefault = {
    caseSensitive: true,
    ignoreTrailingSlash: false,
    ignoreDuplicateSlashes: false,
    useSemicolonDelimiter: false,
    allowUnsafeRegex: false,
    maxParamLength: 100,
  };

  it('none: are the defaults of find-my-way', () => {
    expect(routerOptionsOf({} as never)).toEqual(byDefault);
    expect(routerOptionsOf({ initialConfig: { routerOptions: {}, bodyLimit: 1 } } as never)).toEqual(byDefault);
  });

  it.each(Object.entries({ ...byDefault, maxParamLength: 2 }).map(([name, value]) => [name, value === 2 ? 2 : !value]))(
    '%s from either place: are read',
    (name, value) => {
      const set = { [String(name)]: value };
      for (const initialConfig of [set, { routerOptions: set }, { ...set, routerOptions: {} }]) {
        expect(routerOptionsOf({ initialConfig } as never)).toEqual({ ...byDefault, ...set });
      }
    },
  );
});
