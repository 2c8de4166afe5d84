/** What to call the application's code in a log line: its class, else where it is written. */
export function subjectOf(source: object, policyLabel: string): string {
  if (typeof source === 'function') {
    return `origin function of ${policyLabel}`;
  }
  const className = (source as { constructor?: { name?: string } }).constructor?.name;
  // A class expression may have no name.
  return className === undefined || className === '' || className === 'Object'
    ? `originLookup of ${policyLabel}`
    : className;
}
