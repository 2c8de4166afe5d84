import { describe, expect, it } from '@jest/globals';
import { sentenceOf, stackOf } from '../../../lib/entry-points/cli/input-error.js';

const throwing = () => {
  throw new Error('hunter2');
};

describe('what was thrown, in the output of the command', () => {
  it.each([
    [new Error('token=hunter2\n\nMore.'), 'token=***', /^Error: token=\*\*\*\n\nMore\.\n\s+at /],
    ['password: hunter2', 'password: ***', /^password: \*\*\*$/],
    [{ message: 'api_key=hunter2' }, 'api_key=***', /^api_key=\*\*\*$/],
    [Object.create(null), 'an error without a message', /^$/],
    [Object.defineProperty({}, 'message', { get: throwing }), 'an error without a message', /^$/],
    [Object.defineProperty({}, 'stack', { get: throwing }), '[object Object]', /^an error without a message$/],
    [undefined, 'undefined', /^undefined$/],
  ])('any thrown value: shows no secret', (thrown, sentence, stack) => {
    expect(sentenceOf(thrown)).toBe(sentence);
    expect(stackOf(thrown)).toMatch(stack);
  });
});
