import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { format, resolveConfig } from 'prettier';

/** Writes a text as this repository formats files of its kind; SVG, which it does not format, as it is. */
export async function write(path, text) {
  await mkdir(dirname(path), { recursive: true });
  const formatted = path.endsWith('.svg')
    ? text
    : await format(text, { ...(await resolveConfig(path)), filepath: path });
  await writeFile(path, formatted);
}
