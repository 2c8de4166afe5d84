import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { CorsConfigurationError } from '../../lib/options/problem.js';
import { quoted } from '../../lib/support/quoted.js';

describe('a configured value in a message', () => {
  it('secret, also one that is cut: is not shown', () => {
    expect(quoted('https://app:hunter2@a.example')).toBe('"https://***@a.example"');
    expect(quoted(`https://app:${'hunter2'.repeat(20)}@a.example`)).toBe('"https://***@a.example"');
    expect(quoted('token=hunter2')).toBe('"token=***"');
  });

  it.each(['https://*.a.example:*', 'http://localhost:3000', 'x-api-key', '/users/:token'])(
    'value without a secret: is shown as it is written: %s',
    (value) => {
      expect(quoted(value)).toBe(JSON.stringify(value));
    },
  );

  it('invisible characters: are shown as escapes', () => {
    expect(quoted('https://a\u202E.example')).toBe(String.raw`"https://a\u202e.example"`);
  });
});

describe('a configuration error', () => {
  it('printed by Node.js with its properties: shows no secret', () => {
    const value = 'https://app:hunter2@a.example';
    const error = new CorsConfigurationError([
      { code: 'malformed-origin', path: 'origin', value, message: `${quoted(value)} has a user.`, hint: 'Remove it.' },
      { code: 'invalid-value', path: 'maxAge', value: 1, message: 'It is 1.', hint: 'Write another.' },
    ]);
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
    expect(error.problems.map((problem) => problem.value)).toEqual(['https://***@a.example', 1]);
  });
});
