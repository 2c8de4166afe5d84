/** A token of RFC 9110, section 5.6.2, such as the name of a method or a header. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether `value` is exactly one token. */
export function isToken(value: string): boolean {
  return TOKEN.test(value);
}

/**
 * Removes SP and HTAB at both ends; trim() would remove more. A loop, since a regular expression takes quadratic time on 8 KiB
 * of spaces.
 */
export function trimOptionalWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (isOptionalWhitespace(text.charCodeAt(start))) {
    start++;
  }
  while (isOptionalWhitespace(text.charCodeAt(end - 1))) {
    end--;
  }
  return text.slice(start, end);
}

function isOptionalWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
