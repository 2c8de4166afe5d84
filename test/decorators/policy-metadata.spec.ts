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

describe('policy entries of a method', () => {
  it('inherited method: come from the nearest class that has it', () => {
    class Heir extends Base {
      @Get() override list() {}
    }
    expect([readMethodEntries(Base, 'list'), readMethodEntries(Heir, 'list')]).toEqual([DISABLED, []]);
    expect(readMethodEntries(Heir, 'shared')).toEqual(entryOf('a'));
    expect(readMethodEntries(Heir, 'unknown')).toEqual([]);
    expect([readOverriddenEntries(Heir, 'list'), readOverriddenEntries(Heir, 'shared')]).toEqual([DISABLED, []]);
  });

  it('read twice: are the same list, so that one policy is made of them', () => {
    expect(readMethodEntries(Base, 'list')).toBe(readMethodEntries(Base, 'list'));
  });

  it('metadata copied by a library: count once', () => {
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

  it('function shared by two methods: each method has its own', () => {
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

  it('class decorated beside an inherited method: the class has entries of its own', () => {
    class Heir extends Base {}
    class Sibling extends Base {}
    const inherited = Object.getOwnPropertyDescriptor(Base.prototype, 'shared') as PropertyDescriptor;
    CorsPolicy('b')(Heir.prototype, 'shared', inherited);
    expect(readMethodEntries(Heir, 'shared')).toEqual(entryOf('b'));
    expect([Base, Sibling].map((each) => readMethodEntries(each, 'shared'))).toEqual([entryOf('a'), entryOf('a')]);
  });

  it('decorator without a descriptor, or with a number as name: are stored', () => {
    class Plain {
      list() {}
      1() {}
    }
    const decorate = CorsPolicy('a') as (target: object, key: string | number) => void;
    decorate(Plain.prototype, 'list');
    decorate(Plain.prototype, 1);
    expect([readMethodEntries(Plain, 'list'), readMethodEntries(Plain, '1')]).toEqual([entryOf('a'), entryOf('a')]);
  });

  it('decorators of the ECMAScript standard: are stored on the function', () => {
    class Standard {
      list() {}
    }
    const decorate = DisableCors() as unknown as (value: unknown, context: object) => void;
    decorate(Standard.prototype.list, { kind: 'method', name: 'list' });
    expect(readMethodEntries(Standard, 'list')).toEqual(DISABLED);
  });
});

describe('policy entries of a class', () => {
  @DisableCors()
  class Closed {}

  it('base class with entries: come from the nearest class that has any', () => {
    class Heir extends Closed {}
    @CorsPolicy('a')
    class Open extends Closed {}
    expect([Closed, Heir, Open].map((each) => readClassEntries(each))).toEqual([DISABLED, DISABLED, entryOf('a')]);
    expect(readClassEntries(class {})).toEqual([]);
  });

  it('proxy of the class, or a function with its prototype: are found', () => {
    const replacement = () => undefined;
    replacement.prototype = Closed.prototype;
    expect(readClassEntries(new Proxy(Closed, {}))).toEqual(DISABLED);
    expect(readClassEntries(replacement)).toEqual(DISABLED);
  });

  it('entries copied onto a class or its base: are found', () => {
    class Copy {}
    for (const key of Reflect.getMetadataKeys(Closed)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, Closed), Copy);
    }
    class Heir extends Copy {}
    expect([readClassEntries(Copy), readClassEntries(Heir)]).toEqual([DISABLED, DISABLED]);
  });

  it('two decorators on one class: are two', () => {
    const Proxied: ClassDecorator = (target) => new Proxy(target, {});
    @CorsPolicy('a')
    @Proxied
    @DisableCors()
    class Twice {}
    expect(readClassEntries(Twice)).toEqual([...DISABLED, ...entryOf('a')]);
  });
});
