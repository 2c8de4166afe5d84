/**
 * Mutants that no test can notice, since what they make of the code does the same, and why.
 *
 * @type {readonly { file: string, code: string, replacement: string, why: string }[]}
 */
export const EXPLAINED = [];
