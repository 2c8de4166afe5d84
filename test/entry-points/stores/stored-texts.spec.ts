import { describe, expect, it } from '@jest/globals';
import { matchingEntries } from '../../../lib/origin/matching-entries.js';
import { storedTexts } from '../../../lib/entry-points/stores/stored-texts.js';

describe('stored strings that can allow an origin', () => {
  it('serialized origin: are the origin and the patterns that cover it', () => {
    expect(storedTexts('https://a.example.com:8443')).toEqual(matchingEntries('https://a.example.com:8443'));
  });

  it.each(['file://', 'app://.', 'safari-web-extension://0A1B'])(
    'nonstandard origin %s: is its exact spelling alone',
    (origin) => {
      expect(storedTexts(origin)).toEqual([origin]);
    },
  );

  it.each(['null', '', '*', 'https://a.example/', 'file:///', 'https://*.amazonaws.com'])(
    'value %j that is no origin: are none',
    (text) => {
      expect(storedTexts(text)).toEqual([]);
    },
  );
});
