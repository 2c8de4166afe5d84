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
