import { isToken } from '../../fetch/token.js';

/** One header line. Values are isomorphic-decoded: one character per byte. */
export type Header = readonly [name: string, value: string];

/** Header lines in the order of the wire, several of one name included. */
export type HeaderList = readonly Header[];

/** The values of all lines of a name, as they were received. */
export function headerLines(list: HeaderList, name: string): string[] {
  const wanted = name.toLowerCase();
  return list.filter(([candidate]) => candidate.toLowerCase() === wanted).map(([, value]) => value);
}

/**
 * The value of a header, several lines joined; `undefined` without one.
 * @see https://fetch.spec.whatwg.org/#concept-header-list-get
 */
export function headerValue(list: HeaderList, name: string): string | undefined {
  const values = headerLines(list, name);
  return values.length === 0 ? undefined : values.join(', ');
}

/** The list without the lines of some names. */
export function withoutHeaders(list: HeaderList, names: readonly string[]): HeaderList {
  return list.filter(([name]) => !names.includes(name.toLowerCase()));
}

/**
 * The elements of a header that is a list of tokens: `undefined` without the header, `'malformed'` when an element is no
 * token. Empty elements are ignored (RFC 9110, section 5.6.1.2).
 * @see https://fetch.spec.whatwg.org/#extract-header-list-values
 */
export function tokenList(list: HeaderList, name: string): readonly string[] | 'malformed' | undefined {
  const lines = headerLines(list, name);
  if (lines.length === 0) {
    return undefined;
  }
  const elements = lines
    .join(',')
    .split(',')
    .map((element) => element.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((element) => element !== '');
  return elements.every(isToken) ? elements : 'malformed';
}
