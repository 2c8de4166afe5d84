const MAX_LENGTH = 1000;
/** No more is looked through: a message may be as long as what it complains of. */
const MAX_READ = 100_000;

/** One line of bounded length, without control characters or what stands before an `@` in a URL. */
export function oneLine(text: string, maxLength = MAX_LENGTH): string {
  return text
    .slice(0, MAX_READ)
    .replace(/\S+/g, withoutCredentials)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .slice(0, maxLength);
}

/** A word without what stands before the last `@` of a URL. Not by an expression, which many slashes would slow down. */
function withoutCredentials(word: string): string {
  const start = word.indexOf('//');
  const end = word.lastIndexOf('@');
  return start !== -1 && start < end ? `${word.slice(0, start)}//***${word.slice(end)}` : word;
}
