import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadEnvFiles } from '../../../lib/entry-points/cli/env-files.js';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const NAME = 'NESTJS_CORS_TEST_ORIGIN';

describe('loadEnvFiles()', () => {
  it.each([
    ['one file', ['first.env'], {}, 'https://first.example'],
    ['several files, where the last one wins', ['first.env', 'second.env'], {}, 'https://second.example'],
    ['a variable that is set, which stays', ['first.env'], { [NAME]: 'https://set.example' }, 'https://set.example'],
    ['a variable that is set and empty, which stays', ['first.env'], { [NAME]: '' }, ''],
  ])('file: is read with %s', (_name, files, env: NodeJS.ProcessEnv, expected) => {
    loadEnvFiles(files, FIXTURES, env);
    expect(env[NAME]).toBe(expected);
  });

  it('no file: changes nothing', () => {
    const env = {};
    loadEnvFiles(undefined, FIXTURES, env);
    expect(env).toEqual({});
  });
});
