import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where figures, pages and pictures go: those of a quick run are no results. */
export function outputFolder(quick) {
  return quick ? join(tmpdir(), 'nestjs-cors-bench') : resolve(import.meta.dirname, '../../../docs/benchmarks');
}
