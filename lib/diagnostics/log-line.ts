const MAX_LINE_LENGTH = 1000;
/** No more is looked through: a message may be as long as what it complains of. */
const MAX_READ = 100_000;

/** One line of bounded length, without control characters or what stands before an `@` in a URL. */
export function oneLine(text: string, maxLength = MAX_LINE_LENGTH): string {
  return text
    .slice(0, MAX_READ)
    .replace(/\/\/\S{1,200}@/g, '//***@')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .slice(0, maxLength);
}

/** An error as a line of the log has it: name, code and message, no stack. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) {
    return describeType(error);
  }
  const code = (error as { code?: unknown }).code;
  return `${error.name}${typeof code === 'string' ? ` (${code})` : ''}: ${error.message}`;
}

/** What kind of value it is; values themselves may be anybody's. */
export function describeType(value: unknown): string {
  if (value === null || value === undefined) {
    return String(value);
  }
  return typeof value === 'object'
    ? `an object (${value.constructor?.name ?? 'without prototype'})`
    : `a ${typeof value}`;
}
