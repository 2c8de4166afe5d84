import { describe, expect, it } from '@jest/globals';
import { lookupNotFound, lookupNotSingleton, lookupWithoutMethod } from '../../lib/policy/lookup-problems.js';
import { catalogOf } from './catalog.js';

class PartnerOrigins {
  isOriginAllowed() {
    return true;
  }
}
const partners = catalogOf({ originLookup: PartnerOrigins }).defaults;

describe('a lookup', () => {
  it('that nobody provides is reported where it is named', () => {
    expect(lookupNotFound(PartnerOrigins, partners)).toEqual({
      code: 'lookup-not-found',
      path: 'originLookup',
      value: PartnerOrigins,
      message: 'No module of the application provides PartnerOrigins.',
      hint: 'Add PartnerOrigins to the providers of a module that the application imports, or name another token.',
    });
    expect(lookupNotFound(Symbol('origins'), partners).message).toBe(
      'No module of the application provides Symbol(origins).',
    );
  });

  it('that is no singleton is reported with where a request comes in', () => {
    expect(lookupNotSingleton(PartnerOrigins, partners)).toMatchObject({
      code: 'lookup-not-singleton',
      path: 'originLookup',
      value: PartnerOrigins,
      hint: expect.stringContaining('Make PartnerOrigins a singleton (Scope.DEFAULT).'),
    });
  });

  it('that is something else is reported', () => {
    expect(lookupWithoutMethod('DATABASE', partners)).toMatchObject({
      code: 'invalid-value',
      path: 'originLookup',
      value: 'DATABASE',
      message: 'The provider of DATABASE has neither an isOriginAllowed() nor a loadOrigins() method.',
      hint: expect.stringContaining('Have it implement OriginLookup'),
    });
  });
});
