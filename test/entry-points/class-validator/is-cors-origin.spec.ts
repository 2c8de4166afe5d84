import { describe, expect, it } from '@jest/globals';
import {
  IsOptional,
  ValidateNested,
  validateSync,
  type ValidationOptions,
  type ValidatorOptions,
} from 'class-validator';
import fc from 'fast-check';
import {
  corsOriginProblems,
  IS_CORS_ORIGIN,
  IsCorsOrigin,
  type IsCorsOriginOptions,
} from 'nestjs-cors/class-validator';
import { originProblems } from '../../../lib/policy/origin-check.js';
import { likelyOrigins, nearOrigins } from '../../origin/urls.js';

/** What class-validator says of an object whose property `origin` is decorated. */
function errorsOf(
  value: unknown,
  options?: IsCorsOriginOptions,
  validationOptions?: ValidationOptions,
  validatorOptions?: ValidatorOptions,
) {
  class Dto {
    @IsCorsOrigin(options, validationOptions)
    origin = value;
  }
  return validateSync(new Dto(), validatorOptions);
}

/** The message of the constraint; `undefined` where nothing is wrong. */
function messageOf(...judged: Parameters<typeof errorsOf>): string | undefined {
  return errorsOf(...judged)[0]?.constraints?.[IS_CORS_ORIGIN];
}

describe('@IsCorsOrigin()', () => {
  it('origin that can be stored: passes', () => {
    expect(errorsOf('https://a.example')).toEqual([]);
    expect(errorsOf('https://*.a.example', { patterns: true })).toEqual([]);
    expect(errorsOf('http://a.example', { credentials: false })).toEqual([]);
    expect(errorsOf('http://a.example', { dangerouslyAllow: ['insecure-origin'] })).toEqual([]);
  });

  it('other value: says where it is, what is wrong and what to write instead', () => {
    expect(errorsOf('https://Example.com/')).toMatchObject([
      {
        property: 'origin',
        constraints: {
          isCorsOrigin:
            '`origin` must be an origin without a slash at the end; got "https://Example.com/". Write "https://example.com".',
        },
      },
    ]);
  });

  it('any value: has the problems of originProblems()', () => {
    fc.assert(
      fc.property(
        fc.oneof(likelyOrigins, nearOrigins, fc.anything()),
        fc.record({ patterns: fc.boolean(), credentials: fc.boolean() }),
        (value, options) => {
          const problems = originProblems(value, options);
          const errors = errorsOf(value, options);
          expect(errors.length).toBe(Math.min(problems.length, 1));
          expect(corsOriginProblems(errors)).toEqual(problems);
        },
      ),
    );
  });

  it.each([[['https://a.example', 'http://b.example', 7]], [new Set(['https://a.example', 'http://b.example', 7])]])(
    'each: true: checks every element',
    (value) => {
      const message = messageOf(value, {}, { each: true });
      expect(message).toMatch(
        /^`origin\[1\]` must be an encrypted origin; got "http:\/\/b\.example".* `origin\[2\]` must be a string/,
      );
      expect(message).not.toContain('a.example');
      expect(errorsOf(['https://a.example'], {}, { each: true })).toEqual([]);
    },
  );

  it('each: true: checks the values of a map, and anything but a collection as a whole', () => {
    expect(messageOf(new Map([['a', '*']]), {}, { each: true })).toMatch(
      /^`origin\[0\]` must be a single origin; got "\*"/,
    );
    expect(messageOf('*', {}, { each: true })).toMatch(/^`origin` must be a single origin; got "\*"/);
    expect(messageOf(['https://a.example'])).toMatch(/^`origin` must be a string; got an object/);
  });

  it('very many problems: has a message that stays readable', () => {
    const tooLong = 'x'.repeat(1000);
    const message = messageOf(
      Array.from({ length: 10_000 }, () => tooLong),
      {},
      { each: true },
    );
    expect(message?.length).toBeLessThan(5000);
    expect(message).toMatch(/There are 9990 more like these\.$/);
  });

  it.each(['$value', '$property', '$target', '$constraint1'])(
    "value with class-validator's own token %s: shows it literally",
    (token) => {
      expect(messageOf(`https://${token}${'x'.repeat(100_000)}`)).toMatch(
        new RegExp(String.raw`; got "https://\\u0024${token.slice(1)}x+…"`),
      );
    },
  );

  it('other options of class-validator: work', () => {
    expect(messageOf('*', {}, { message: ({ property }) => `${property} is wrong` })).toBe('origin is wrong');
    expect(messageOf('*', {}, { groups: ['admin'] }, { groups: ['other'] })).toBeUndefined();
    expect(messageOf('*', {}, { groups: ['admin'] }, { groups: ['admin'] })).toBeDefined();
    expect(errorsOf('*', {}, { context: { help: 'https://docs.example' } })[0]?.contexts).toMatchObject({
      isCorsOrigin: { help: 'https://docs.example' },
    });
  });

  it('errors sent as JSON: have no trace of the decorator', () => {
    expect(JSON.parse(JSON.stringify(errorsOf('*')[0]?.contexts))).toEqual({ isCorsOrigin: {} });
  });

  it('other decorators: work together with it', () => {
    class Dto {
      @IsOptional()
      @IsCorsOrigin()
      origin?: string;
    }
    expect(validateSync(new Dto())).toEqual([]);
    expect(validateSync(Object.assign(new Dto(), { origin: '' }))).toHaveLength(1);
  });
});

describe('the problems in the errors of class-validator', () => {
  class Tenant {
    @IsCorsOrigin({ patterns: true }, { each: true })
    origins: readonly unknown[] = [];
    constructor(...origins: unknown[]) {
      this.origins = origins;
    }
  }

  class Settings {
    @ValidateNested({ each: true })
    tenants: readonly Tenant[] = [];
    @ValidateNested()
    'own tenant' = new Tenant();
    @IsCorsOrigin()
    login: unknown = 'https://a.example';
  }

  it('nested value: have its place in the validated object', () => {
    const settings = Object.assign(new Settings(), {
      tenants: [new Tenant('https://*.a.example'), new Tenant('https://a.example', 'null', 'https://*.co.uk')],
      'own tenant': new Tenant('*'),
      login: 'https://*.a.example',
    });
    expect(
      corsOriginProblems(validateSync(settings))
        .map(({ code, path }) => `${path} ${code}`)
        .sort(),
    ).toEqual([
      'login pattern-not-allowed',
      'own tenant.origins[0] wildcard-in-list',
      'tenants[1].origins[1] null-origin',
      'tenants[1].origins[2] public-suffix',
    ]);
  });

  it('message of the application: are there, too', () => {
    expect(corsOriginProblems(errorsOf('*', {}, { message: 'wrong' }))).toEqual(originProblems('*'));
  });

  it('errors of other decorators: are none', () => {
    class Dto {
      @ValidateNested()
      other = 7;
    }
    const errors = validateSync(new Dto());
    expect(errors).toHaveLength(1);
    expect(corsOriginProblems(errors)).toEqual([]);
  });

  it('value kept out of the errors: have the message alone', () => {
    expect(corsOriginProblems(errorsOf('*', {}, {}, { validationError: { value: false } }))).toEqual([
      {
        code: 'invalid-value',
        path: 'origin',
        value: undefined,
        message: '`origin` must be a single origin; got "*". Write each origin in full: "https://app.example.com".',
        hint: '',
      },
    ]);
  });

  it('error that comes from somewhere else: have the message alone', () => {
    const error = { property: 'origin', value: '*', constraints: { isCorsOrigin: 'wrong' } };
    expect(corsOriginProblems([error as never])).toEqual([
      { code: 'invalid-value', path: 'origin', value: undefined, message: 'wrong', hint: '' },
    ]);
  });
});
