import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { functionMetadata } from '../../lib/support/function-metadata.js';

const KEY = 'key';

function withMetadata<T extends object>(target: T): T {
  Reflect.defineMetadata(KEY, 'value', target);
  return target;
}

describe('functionMetadata', () => {
  it.each([
    ['a function', function plain() {}],
    ['an asynchronous function', async () => undefined],
    ['a generator', function* generated() {}],
    [
      'a bound function',
      function bound(this: unknown) {
        return this;
      }.bind(undefined),
    ],
  ])('%s: returns its metadata', (_kind, method) => {
    expect(functionMetadata(KEY, method)).toBeUndefined();
    expect(functionMetadata(KEY, withMetadata(method))).toBe('value');
  });

  it('function that inherits from another one: inherits it, as in Reflect.getMetadata()', () => {
    class Base {}
    class Derived extends withMetadata(Base) {}
    expect([functionMetadata(KEY, Derived), Reflect.getMetadata(KEY, Derived)]).toEqual(['value', 'value']);
  });
});
