/** A token of RFC 9110, section 5.6.2, such as the name of a method or a header. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether `value` is exactly one token. */
export function isToken(value: string): boolean {
  return TOKEN.test(value);
}
