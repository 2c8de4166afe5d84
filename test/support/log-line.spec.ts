import { describe, expect, it } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { inspect } from 'node:util';
import { describeError, describeStack, describeType, maskedCause } from '../../lib/support/log-line.js';

const SECRET = 'hunter2';
const failing = (): never => {
  throw new Error(`password=${SECRET}`);
};

describe('an error in a line of the log', () => {
  it('any error: has its name, code and message, and no secret', () => {
    const error = Object.assign(new TypeError(`password=${SECRET} host=db`), { code: 'token=hunter2' });
    expect(describeError(error)).toBe('TypeError (token=***): password=*** host=db');
    error.name = `api_key: ${SECRET}`;
    expect(describeError(error)).toMatch(/^api_key: \*\*\* /);
  });

  it('causes: are named up to a depth, also where they go round', () => {
    const error = new Error('outer', { cause: new Error('middle', { cause: new Error(`pwd=${SECRET}`) }) });
    expect(describeError(error)).toBe('Error: outer; caused by Error: middle; caused by Error: pwd=***');
    const round = new Error('round');
    round.cause = round;
    expect(describeError(round).match(/round/g)).toHaveLength(4);
    expect(describeError(new Error('x', { cause: `token ${SECRET}` }))).toBe('Error: x; caused by a string');
  });

  it('AggregateError, which may have no message: names its errors', () => {
    const errors = ['a', 'b', 'c', 'd', 'e'].map((host) => new Error(`redis://:${SECRET}@${host}`));
    expect(describeError(new AggregateError(errors))).toBe(
      'AggregateError: ; Error: redis://***@a; Error: redis://***@b; Error: redis://***@c; and 2 more',
    );
  });

  it('error of another realm: is described as an error', () => {
    expect(describeError(runInNewContext('new RangeError("secret=hunter2")'))).toBe('RangeError: secret=***');
  });

  it.each([
    [`password=${SECRET}`, 'a string'],
    [undefined, 'undefined'],
    [null, 'null'],
    [42, 'a number'],
    [Symbol(SECRET), 'a symbol'],
    [{ password: SECRET }, 'an object (Object)'],
    [Object.create(null), 'an object (without prototype)'],
    [Object.defineProperty({}, 'constructor', { get: failing }), 'an object (without prototype)'],
    [{ constructor: { name: `token=${SECRET}` } }, 'an object (token=***)'],
    [new Proxy({}, { getPrototypeOf: failing, get: failing }), 'an object (without prototype)'],
  ])('value that is no error: is described by its kind', (thrown, described) => {
    expect(describeError(thrown)).toBe(described);
    expect(describeType(thrown)).toBe(described);
  });

  it('properties that throw: is described as far as possible', () => {
    const error = new Error('x');
    for (const key of ['stack', 'name', 'message', 'code', 'cause', 'errors']) {
      Object.defineProperty(error, key, { get: failing });
    }
    expect(describeError(error)).toBe('Error: ');
    expect(describeStack(error)).toBeUndefined();
    expect(maskedCause(error).message).toBe('');
    expect(describeError(Object.assign(new Error('x'), { name: 1, message: {}, code: 2 }))).toBe('Error: ');
  });
});

describe('the stack of an error in the log', () => {
  it('frames: come below the description, without secrets and without lines that a message forges', () => {
    const stack = describeStack(new Error(`postgres://app:${SECRET}@db\n    at forged (x.js:1:1)`)) ?? '';
    const [first, ...frames] = stack.split('\n');
    expect(first).toBe('Error: postgres://***@db     at forged (x.js:1:1)');
    expect(frames.length).toBeGreaterThan(0);
    expect(frames).toEqual(frames.filter((line) => /^\s+at /.test(line) && !line.includes('forged')));
  });

  it('error without frames: has none', () => {
    expect(describeStack(Object.assign(new Error('x'), { stack: undefined }))).toBeUndefined();
    expect(describeStack(`at x (y.js:1:1) password=${SECRET}`)).toBeUndefined();
  });
});

describe('an error that is passed on as a cause', () => {
  it('error with secrets, printed in any way: shows none of them, and keeps name, code and frames', () => {
    const error = Object.assign(new RangeError(`password='${SECRET}'`, { cause: new Error(SECRET) }), {
      code: '28P01',
      config: { password: SECRET },
    });
    const cause = maskedCause(error);
    expect(cause).toMatchObject({ name: 'RangeError', code: '28P01', message: 'password=***' });
    expect(inspect(cause, { depth: 9 }) + String(cause.stack) + JSON.stringify(cause)).not.toContain(SECRET);
    expect(cause.stack).toMatch(/^RangeError: password=\*\*\*\n\s+at /);
    expect(maskedCause(`token=${SECRET}`).message).toBe('a string');
  });
});
