import { describe, expect, it } from '@jest/globals';
import { matchingEntries } from '../../../lib/origin/matching-entries.js';
import { storedTexts } from '../../../lib/entry-points/stores/stored-texts.js';

describe('the texts of a store that can allow an origin', () => {
  it('are those that cover it', () => {
    expect(storedTexts('https://a.example.com:8443')).toEqual(matchingEntries('https://a.example.com:8443'));
  });

  it.each(['file://', 'app://.', 'safari-web-extension://0A1B'])('are the exact spelling of %s alone', (origin) => {
    expect(storedTexts(origin)).toEqual([origin]);
  });

  it.each(['null', '', '*', 'https://a.example/', 'file:///', 'https://*.amazonaws.com'])('are none of %j', (text) => {
    expect(storedTexts(text)).toEqual([]);
  });
});
