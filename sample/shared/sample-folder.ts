import { join } from 'node:path';

/** The folder of a sample in the checkout, or of what the samples share (`shared`). The Nest CLI compiles them to `dist/`. */
export function sampleFolder(name: string): string {
  return join(import.meta.dirname, '../../../sample', name);
}
