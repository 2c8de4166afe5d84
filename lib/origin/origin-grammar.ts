/** Every character of a serialized origin. Expressions are never run on others, so only these have to be compared. */
export const ORIGIN_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-.:/_+[]';

/** Characters of a host's labels. */
export const LABEL_CHARACTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-_';

/** The part of an origin that a string begins with, where origins are read from their end to their beginning. */
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

const DIGIT = /[0-9]/;

/** The places of a string after one more character in front of it. */
export function placesAfter(place: Place, character: string): readonly Place[] {
  const isLabel = LABEL_CHARACTERS.includes(character);
  switch (place) {
    case 'end':
      return DIGIT.test(character) ? ['tail', 'port'] : placesAfter('host', character);
    case 'port':
      return DIGIT.test(character) ? ['port'] : character === ':' ? ['host'] : [];
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
      return character === '[' ? ['bracket'] : /[0-9a-f:]/.test(character) ? ['address'] : [];
    case 'bracket':
      return character === '/' ? ['slash'] : [];
    case 'slash':
      return character === '/' ? ['colon'] : [];
    case 'colon':
      return character === ':' ? ['scheme'] : [];
    case 'scheme':
      return /[a-z0-9+.-]/.test(character) ? ['scheme'] : [];
  }
}
