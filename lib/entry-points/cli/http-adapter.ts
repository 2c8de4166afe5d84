import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { nearestName } from '../../support/nearest-name.js';
import { InputError } from './input-error.js';

const ADAPTERS = {
  express: { packageName: '@nestjs/platform-express', className: 'ExpressAdapter' },
  fastify: { packageName: '@nestjs/platform-fastify', className: 'FastifyAdapter' },
} as const;

type AdapterName = keyof typeof ADAPTERS;

const NAMES = Object.keys(ADAPTERS) as AdapterName[];

/** Path of the copy of a package that the file would import. `undefined` when it is not installed. */
export function resolveFrom(file: string, packageName: string): string | undefined {
  try {
    return createRequire(file).resolve(packageName);
  } catch {
    return undefined;
  }
}

/** The adapter of `--adapter`, or one that is installed: express first, as in Nest itself. */
export function chooseAdapter(asked: string | undefined, file: string): AdapterName {
  if (asked !== undefined && !isAdapterName(asked)) {
    const nearest = nearestName(asked, NAMES);
    throw new InputError(
      `There is no adapter ${JSON.stringify(asked)}. Write --adapter ${nearest ?? NAMES.join(' or --adapter ')}.`,
    );
  }
  const name = asked ?? NAMES.find((each) => resolveFrom(file, ADAPTERS[each].packageName) !== undefined);
  if (name === undefined) {
    const packages = NAMES.map((each) => ADAPTERS[each].packageName).join(' nor ');
    throw new InputError(
      `Neither ${packages} is installed where ${file} is. Install the one that the application uses.`,
    );
  }
  return name;
}

/** @throws InputError when the adapter's package is not installed */
export async function createAdapter(name: AdapterName, file: string): Promise<AbstractHttpAdapter> {
  const { packageName, className } = ADAPTERS[name];
  const path = resolveFrom(file, packageName);
  if (path === undefined) {
    throw new InputError(`${packageName} is not installed where ${file} is. Install it, or leave --adapter out.`);
  }
  const platform = (await import(pathToFileURL(path).href)) as Record<string, new () => AbstractHttpAdapter>;
  return new (platform[className] as new () => AbstractHttpAdapter)();
}

function isAdapterName(name: string): name is AdapterName {
  return Object.hasOwn(ADAPTERS, name);
}
