import { LABEL_CHARACTERS } from './origin-alphabet.js';

/** The part of an origin that a text begins with, where origins are read from their end to their beginning. */
export type Place =
  | 'end'
  | 'port'
  | 'host'
  | 'tail'
  | 'tail-dot'
  | 'rest'
  | 'rest-dot'
  | 'address'
  | 'bracket'
  | 'slash'
  | 'colon'
  | 'scheme';

const DIGITS = /[0-9]/;
const IN_ADDRESS = /[0-9a-f:]/;
const SCHEME_CHARACTER = /[a-z0-9+.-]/;

/** Where a text is in, that reads as an origin backwards, when one more character comes before it. */
export function placesAfter(place: Place, character: string): readonly Place[] {
  const isLabel = LABEL_CHARACTERS.includes(character);
  switch (place) {
    case 'end':
      return DIGITS.test(character) ? ['tail', 'port'] : placesAfter('host', character);
    case 'port':
      return DIGITS.test(character) ? ['port'] : character === ':' ? ['host'] : [];
    case 'host':
      return isLabel ? ['tail'] : character === ']' ? ['address'] : [];
    case 'tail':
    case 'rest':
      return isLabel ? [place] : character === '.' ? ['rest-dot'] : character === '/' ? ['slash'] : [];
    case 'tail-dot':
      return isLabel ? ['tail'] : [];
    case 'rest-dot':
      return isLabel ? ['rest'] : [];
    case 'address':
      return character === '[' ? ['bracket'] : IN_ADDRESS.test(character) ? ['address'] : [];
    case 'bracket':
      return character === '/' ? ['slash'] : [];
    case 'slash':
      return character === '/' ? ['colon'] : [];
    case 'colon':
      return character === ':' ? ['scheme'] : [];
    case 'scheme':
      return SCHEME_CHARACTER.test(character) ? ['scheme'] : [];
  }
}
