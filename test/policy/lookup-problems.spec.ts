import { describe, expect, it } from '@jest/globals';
import { answersForOrigins } from '../../lib/policy/origin-option.js';
import { INVALID, problemAt, worded } from '../../lib/policy/problems.js';

class PartnerOrigins {
  isOriginAllowed() {
    return true;
  }
}

describe('problem of a lookup', () => {
  it('token without a provider: names the token and the option', () => {
    expect(problemAt('lookup-not-found', 'originLookup', PartnerOrigins)).toEqual({
      code: 'lookup-not-found',
      path: 'originLookup',
      value: PartnerOrigins,
      message: '`originLookup` must be a provider of the application; got PartnerOrigins.',
      hint: 'Add PartnerOrigins to the providers of a module that the application imports, or name another token.',
    });
    expect(problemAt('lookup-not-found', 'originLookup', Symbol('origins')).message).toBe(
      '`originLookup` must be a provider of the application; got Symbol(origins).',
    );
    expect(problemAt('lookup-not-found', 'originLookup', 'ORIGINS').hint).toMatch(/^Add ORIGINS to the providers/);
  });

  it('function that is no class: says where a function can be written', () => {
    expect(problemAt('lookup-not-found', 'originLookup', () => true)).toMatchObject({
      message: '`originLookup` must be the class or the token of a provider; got a function.',
      hint: expect.stringMatching(/^Write the function as `origin`/),
    });
  });

  it('provider that is no singleton: says where a request comes in', () => {
    expect(problemAt('lookup-not-singleton', 'originLookup', PartnerOrigins)).toMatchObject({
      code: 'lookup-not-singleton',
      value: PartnerOrigins,
      message:
        '`originLookup` must be a singleton provider; got PartnerOrigins. It is request-scoped or transient, or depends on such a provider.',
      hint: expect.stringContaining('Make PartnerOrigins a singleton (Scope.DEFAULT).'),
    });
  });

  it('provider without a method of a lookup: names the methods', () => {
    const wording = INVALID.lookupWithoutMethod(Symbol('database'));
    expect(worded('invalid-value', 'originLookup', 'DATABASE', wording)).toMatchObject({
      code: 'invalid-value',
      path: 'originLookup',
      value: 'DATABASE',
      message:
        '`originLookup` must be a provider with an isOriginAllowed() or a loadOrigins() method; got Symbol(database).',
      hint: expect.stringContaining('Have it implement OriginLookup'),
    });
  });
});

describe('check of what a provider gives as a lookup', () => {
  it.each([
    ['a lookup', new PartnerOrigins(), true],
    ['a list', { loadOrigins: () => [] }, true],
    ['an object without their methods', { isOriginAllowed: true }, false],
    ['null', null, false],
    ['undefined', undefined, false],
  ])('%s: %o is %s', (_name, value, expected) => {
    expect(answersForOrigins(value)).toBe(expected);
  });
});
