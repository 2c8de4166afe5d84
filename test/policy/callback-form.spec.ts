import { describe, expect, it } from '@jest/globals';
import { failedAtCallback, takesCallback } from '../../lib/policy/callback-form.js';
import { problemsOf } from './catalog.js';

type Written = (...given: any[]) => unknown;

/** Functions as people have them for `cors`, and as compilers leave them. */
const CALLBACK_FORMS: Record<string, Written> = {
  arrow: (_origin, callback) => callback(null, true),
  block: (origin, callback) => {
    if (origin === undefined) {
      callback(new Error('Not allowed by CORS'));
    } else {
      callback(null, true);
    }
  },
  'old function': function (_origin, cb) {
    cb(null, { origin: true });
  },
  named: function originOf(_origin: string, done: Written) {
    done(null, true);
  },
  async: async (origin, callback) => {
    await Promise.resolve(origin);
    callback(null, true);
  },
  minified: Function('return(e,t)=>t(null,!0)')() as Written,
  'with a dollar': Function('return function(a,$b){return $b ( null, true)}')() as Written,
  'with comments': Function(
    'return (origin /* as it came */, /* answer */ callback) => callback(null, true)',
  )() as Written,
  optional: (_origin, callback) => callback?.(null, true),
  method: {
    isOriginAllowed(_origin: string, callback: Written) {
      callback(null, true);
    },
  }.isOriginAllowed,
  'of three parameters': (_request, _origin, _callback) => true,
};

/** Functions that answer, however they are written. */
const ANSWERING_FORMS: Record<string, Written> = {
  'one parameter': (origin) => origin === 'https://a.example',
  none: () => true,
  context: (origin, context) => origin === context.tenant,
  destructured: (origin, { tenant }) => origin === tenant,
  'context passed on': (origin, context) => check(origin, context),
  'context that is passed to a name that ends like it': (origin, text) => [context(text), origin].length > 0,
  'text that looks like a call': (origin, callback) => {
    // callback(null, true) is how cors wants it
    return `callback(${String(origin)})` === 'callback(' && callback.tenant === "callback(null, 'x')";
  },
  'a member of that name': (origin, next) => origin.next(next.tenant),
  'both forms': (_origin, callback) => (typeof callback === 'function' ? callback(null, true) : true),
  bound: ANSWER.bind(undefined),
  class: class {
    constructor(_one: unknown, callback: Written) {
      callback(1);
    }
  } as unknown as Written,
};

function ANSWER(_origin: string, _context: unknown) {
  return true;
}
function check(...given: unknown[]) {
  return given.length > 0;
}
const context = (value: unknown) => value;

describe('a function that is written for a callback', () => {
  it.each(Object.entries(CALLBACK_FORMS))('callback form: is reported, by its source: %s', (_name, written) => {
    expect(takesCallback(written)).toBe(true);
    expect(problemsOf({ origin: written as never })).toMatchObject([
      {
        code: 'invalid-value',
        path: 'origin',
        message: expect.stringContaining('callback'),
        hint: expect.stringContaining('(origin) =>'),
      },
    ]);
  });

  it.each(Object.entries(ANSWERING_FORMS))('function that returns: is not reported: %s', (_name, written) => {
    expect(takesCallback(written)).toBe(false);
  });

  it.each([undefined, null, 'text', {}])('%j: is not reported', (written) => {
    expect(takesCallback(written)).toBe(false);
  });

  it('call that fails: is reported as the cause only there', () => {
    const two = (_origin: string, _context: unknown) => true;
    const failure = new TypeError('callback is not a function');
    expect(failedAtCallback(two, failure)).toBe(true);
    expect(failedAtCallback(two, new TypeError('no'))).toBe(false);
    expect(failedAtCallback(two, new Error('x is not a function'))).toBe(false);
    expect(failedAtCallback(() => true, failure)).toBe(false);
    expect(failedAtCallback(undefined, failure)).toBe(false);
  });
});

describe('a function in the place of options', () => {
  const delegate = ((_request: unknown, callback: Written) => callback(null, { origin: true })) as never;

  it.each([
    ['options', delegate],
    ['policies.partners', { policies: { partners: delegate } }],
    ['paths[0].policy', { paths: [{ path: '/a', policy: delegate }] }],
    ['shadow', { shadow: delegate }],
  ])('delegate of the cors package at %s: is reported as such', (path, options) => {
    expect(problemsOf(options as never)).toContainEqual(
      expect.objectContaining({
        code: 'invalid-value',
        path,
        message: expect.stringContaining('`cors` package'),
        hint: expect.stringContaining('@CorsPolicy()'),
      }),
    );
  });
});
