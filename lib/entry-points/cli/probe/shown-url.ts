import { oneLine } from '../../../support/one-line.js';

const MAX_LENGTH = 1000;
/** URLs of every scheme within a text, up to a blank or a quote. */
const URLS = /[a-z][a-z0-9+.-]{0,63}:\/\/[^\s'"<>]+/gi;

/** A URL without its query, its fragment and its user, which may hold tokens. */
export function shownUrl(text: string): string {
  const [withoutQuery = ''] = text.split(/[?#]/);
  const left = text.length > withoutQuery.length ? '?…' : '';
  return shownText(withoutQuery.replace(/\/\/[^/]*@/, '//***@')) + left;
}

/** A string from a server or a driver on one line: its URLs without queries, and without secrets or control characters. */
export function shownValue(text: string): string {
  return shownText(text.replace(URLS, shownUrl));
}

function shownText(text: string): string {
  return oneLine(text, MAX_LENGTH);
}
