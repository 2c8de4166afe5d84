import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CorsManifest } from '../../inspect/manifest.js';
import { InputError, sentenceOf } from './input-error.js';

/**
 * The manifest that `routes --manifest` wrote before.
 * @throws InputError where the file is not there, or holds something else
 */
export function readManifest(file: string, cwd: string): CorsManifest {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(resolve(cwd, file), 'utf8'));
  } catch (error) {
    throw new InputError(`${file} can't be read as JSON (${sentenceOf(error)}). ${WRITE_IT} ${file}`, { cause: error });
  }
  if (!isManifest(content)) {
    throw new InputError(`${file} is no manifest of this version of nestjs-cors. ${WRITE_IT} ${file}`);
  }
  return content;
}

const WRITE_IT = 'Write it with: nestjs-cors routes --manifest --module ... >';

function isManifest(content: unknown): content is CorsManifest {
  return (
    isRecord(content) &&
    content['version'] === 1 &&
    isRecord(content['default']) &&
    [content['paths'], content['routes']].every(
      (policies) => isRecord(policies) && Object.values(policies).every(isRecord),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
