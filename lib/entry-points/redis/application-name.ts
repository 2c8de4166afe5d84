import { readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** What an application is called that has no package.json with a name. */
const UNNAMED = 'unnamed';

let found: string | undefined;

/**
 * The `name` in the package.json nearest to the main script, which all instances of an application share; nearest to the
 * working directory where the script is a tool's; `'unnamed'` where there is none.
 */
export function applicationName(): string {
  found ??= findName(process.argv[1], process.cwd());
  return found;
}

export function findName(script: string | undefined, directory: string): string {
  const isTool = script === undefined || script.includes(`${sep}node_modules${sep}`);
  return (isTool ? undefined : nameAbove(dirname(script))) ?? nameAbove(directory) ?? UNNAMED;
}

/** The name in this folder's package.json, or in that of the nearest folder above that has one with a name. */
function nameAbove(folder: string): string | undefined {
  const name = nameIn(folder);
  const parent = dirname(folder);
  return name ?? (parent === folder ? undefined : nameAbove(parent));
}

function nameIn(folder: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    // None here, or none that can be read.
    return undefined;
  }
}
