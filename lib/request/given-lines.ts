import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HeaderLine } from './response-headers.js';

/**
 * The lines of what `writeHead()` was given, read as Node.js reads them: a list of names and values, a list of pairs, or the
 * own enumerable properties of anything else. `undefined`: Node.js will throw.
 */
export function linesOf(headers: unknown): readonly HeaderLine[] | undefined {
  if (!headers) {
    return [];
  }
  if (!Array.isArray(headers)) {
    const lines: HeaderLine[] = [];
    for (const name in headers) {
      if (Object.hasOwn(headers, name)) {
        lines.push([name, (headers as Record<string, unknown>)[name]]);
      }
    }
    return lines;
  }
  const list = headers as unknown[];
  if (Array.isArray(list[0])) {
    return list.map((pair) => [(pair as unknown[])[0], (pair as unknown[])[1]]);
  }
  if (list.length % 2 !== 0) {
    return undefined;
  }
  return Array.from({ length: list.length / 2 }, (_, index) => [list[index * 2], list[index * 2 + 1]]);
}

/** Whether Node.js would send the line: it has to see what it refuses, also where the policy would replace it. */
export function isValid([name, value]: HeaderLine): boolean {
  try {
    validateHeaderName(name as string);
    [value].flat().forEach((each) => validateHeaderValue(name as string, each as string));
    return true;
  } catch {
    return false;
  }
}
