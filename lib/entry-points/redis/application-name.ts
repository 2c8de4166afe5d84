import { readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** The name of an application without a package.json with a name. */
const UNNAMED = 'unnamed';

let found: string | undefined;

/**
 * The `name` in the package.json nearest to the main script, equal in all instances of an application. For the script of a tool,
 * it is the one nearest to the working directory; `'unnamed'` without any.
 */
export function applicationName(): string {
  found ??= findName(process.argv[1], process.cwd());
  return found;
}

export function findName(script: string | undefined, directory: string): string {
  const isTool = script === undefined || script.includes(`${sep}node_modules${sep}`);
  return (isTool ? undefined : nameAbove(dirname(script))) ?? nameAbove(directory) ?? UNNAMED;
}

/** The name in the package.json of this folder, or of the nearest folder above with a name. */
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
    // There is no file here, or it cannot be read.
    return undefined;
  }
}
