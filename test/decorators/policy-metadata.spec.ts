import { describe, expect, it } from '@jest/globals';
import { Get } from '@nestjs/common';
import { CorsPolicy, DisableCors } from '../../lib/decorators/index.js';
import { readClassEntries, readMethodEntries, readOverriddenEntries } from '../../lib/decorators/policy-metadata.js';

const DISABLED = [{ kind: 'disabled' }];
const entryOf = (definition: object | string) => [{ kind: 'policy', definition }];

class Base {
  @Get() @DisableCors() list() {}
  @Get() @CorsPolicy('a') shared() {}
}

describe('the entries of a method', () => {
  it('are those of the nearest class that has it', () => {
    class Heir extends Base {
      @Get() override list() {}
    }
    expect([readMethodEntries(Base, 'list'), readMethodEntries(Heir, 'list')]).toEqual([DISABLED, []]);
    expect(readMethodEntries(Heir, 'shared')).toEqual(entryOf('a'));
    expect(readMethodEntries(Heir, 'unknown')).toEqual([]);
    expect([readOverriddenEntries(Heir, 'list'), readOverriddenEntries(Heir, 'shared')]).toEqual([DISABLED, []]);
  });

  it('are the same list each time, so that the same policy is made of them', () => {
    expect(readMethodEntries(Base, 'list')).toBe(readMethodEntries(Base, 'list'));
  });

  it('count once where a library has copied the metadata of the function', () => {
    class Heir extends Base {}
    const wrapper = () => undefined;
    const method: object = Object.getOwnPropertyDescriptor(Base.prototype, 'list')?.value;
    for (const key of Reflect.getMetadataKeys(method)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, method), wrapper);
    }
    Object.defineProperty(Base.prototype, 'list', { value: wrapper, configurable: true, writable: true });
    Object.defineProperty(Heir.prototype, 'list', { value: wrapper, configurable: true, writable: true });
    expect([readMethodEntries(Base, 'list'), readMethodEntries(Heir, 'list')]).toEqual([DISABLED, DISABLED]);
  });

  it('are those of each of two methods that share one function', () => {
    const both = () => undefined;
    const Shared: MethodDecorator = (_target, _key, descriptor) => {
      descriptor.value = both as never;
    };
    class Sharing {
      @CorsPolicy('first') @Shared first() {}
      @CorsPolicy('second') @Shared second() {}
    }
    expect(readMethodEntries(Sharing, 'first')).toEqual(entryOf('first'));
    expect(readMethodEntries(Sharing, 'second')).toEqual(entryOf('second'));
  });

  it('that a class is given for what it inherits are its own', () => {
    class Heir extends Base {}
    class Sibling extends Base {}
    const inherited = Object.getOwnPropertyDescriptor(Base.prototype, 'shared') as PropertyDescriptor;
    CorsPolicy('b')(Heir.prototype, 'shared', inherited);
    expect(readMethodEntries(Heir, 'shared')).toEqual(entryOf('b'));
    expect([Base, Sibling].map((each) => readMethodEntries(each, 'shared'))).toEqual([entryOf('a'), entryOf('a')]);
  });

  it('may be written without a descriptor, and with a number for a name', () => {
    class Plain {
      list() {}
      1() {}
    }
    const decorate = CorsPolicy('a') as (target: object, key: string | number) => void;
    decorate(Plain.prototype, 'list');
    decorate(Plain.prototype, 1);
    expect([readMethodEntries(Plain, 'list'), readMethodEntries(Plain, '1')]).toEqual([entryOf('a'), entryOf('a')]);
  });

  it("are kept on the function by decorators of the language's standard", () => {
    class Standard {
      list() {}
    }
    const decorate = DisableCors() as unknown as (value: unknown, context: object) => void;
    decorate(Standard.prototype.list, { kind: 'method', name: 'list' });
    expect(readMethodEntries(Standard, 'list')).toEqual(DISABLED);
  });
});

describe('the entries of a class', () => {
  @DisableCors()
  class Closed {}

  it("are the nearest class's that has any", () => {
    class Heir extends Closed {}
    @CorsPolicy('a')
    class Open extends Closed {}
    expect([Closed, Heir, Open].map((each) => readClassEntries(each))).toEqual([DISABLED, DISABLED, entryOf('a')]);
    expect(readClassEntries(class {})).toEqual([]);
  });

  it('survive a proxy, and a function with the same prototype', () => {
    const replacement = () => undefined;
    replacement.prototype = Closed.prototype;
    expect(readClassEntries(new Proxy(Closed, {}))).toEqual(DISABLED);
    expect(readClassEntries(replacement)).toEqual(DISABLED);
  });

  it('are those that were copied onto a class, or onto the base of one', () => {
    class Copy {}
    for (const key of Reflect.getMetadataKeys(Closed)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, Closed), Copy);
    }
    class Heir extends Copy {}
    expect([readClassEntries(Copy), readClassEntries(Heir)]).toEqual([DISABLED, DISABLED]);
  });

  it('are two where two decorators stand on what is one class', () => {
    const Proxied: ClassDecorator = (target) => new Proxy(target, {});
    @CorsPolicy('a')
    @Proxied
    @DisableCors()
    class Twice {}
    expect(readClassEntries(Twice)).toEqual([...DISABLED, ...entryOf('a')]);
  });
});
