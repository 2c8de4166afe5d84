import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CorsConfigurationError, type CorsConfigurationProblem, readOrigins } from '../../lib/index.js';
import { problemsOf } from './catalog.js';

const A = 'https://a.example';
const B = 'https://*.b.example';

function problemsIn(text: unknown, name?: string): readonly CorsConfigurationProblem[] {
  try {
    readOrigins(text as string, name);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ name: 'CorsConfigurationError' });
    return (error as CorsConfigurationError).problems;
  }
}

function hintsIn(text: unknown): readonly (readonly string[])[] {
  return problemsIn(text, 'ORIGINS').map(({ code, path, hint }) => [code, path, hint]);
}

describe('origins in an environment variable', () => {
  it.each<[string, string | undefined, unknown]>([
    ['one', A, [A]],
    ['several, with commas', `${A},${B}`, [A, B]],
    ['several, with commas and spaces', `${A}, ${B}`, [A, B]],
    ['several, with spaces', `${A} ${B}`, [A, B]],
    ['several, on lines', `${A}\n${B}\n`, [A, B]],
    ['several, on lines of Windows', `${A},\r\n${B}\r\n`, [A, B]],
    ['a comma at the end', `${A},`, [A]],
    ['commas everywhere', `,, ${A} ,,\t, ${B},,`, [A, B]],
    ['a byte order mark', `\uFEFF${A}`, [A]],
    ['a space that is no ASCII', `${A}\u00A0${B}`, [A, B]],
    ['the star', '*', '*'],
    ['the star, and a comma', ' * ,', '*'],
    ['the star twice', '*,*', '*'],
    ['the star in quotes', '"*"', '*'],
    ['the star in JSON', '["*"]', '*'],
    ['nothing', undefined, []],
    ['an empty text', '', []],
    ['spaces', ' \r\n\t', []],
    ['commas alone', ',,', []],
    ['quotes around nothing', '""', []],
    ['an empty array', '[]', []],
    ['false', 'false', []],
    ['null, for the check at boot to judge', 'null', ['null']],
    ['a JSON array', `["${A}", "${B}"]`, [A, B]],
    ['a JSON array on lines', `[\n  "${A}",\n  "${B}"\n]\n`, [A, B]],
    ['a JSON array with an expression', String.raw`["/^https:\\/\\/a\\.example$/i"]`, [/^https:\/\/a\.example$/i]],
    ['quotes around everything', `"${A}, ${B}"`, [A, B]],
    ['single quotes around everything', `'${A}, ${B}'`, [A, B]],
    ['quotes within quotes', `'"${A}, ${B}"'`, [A, B]],
    ['quotes around each', `"${A}", '${B}'`, [A, B]],
    ['quotes around several of several', `"${A} ${B}","https://c.example"`, [A, B, 'https://c.example']],
    ['quotes in quotes in quotes', `"'\`${A}\`'"`, [A]],
    ['JSON in quotes', `'["${A}", "${B}"]'`, [A, B]],
    ['JSON in a JSON string', JSON.stringify(JSON.stringify([A, B])), [A, B]],
    ['an address in brackets', 'http://[::1]:3000', ['http://[::1]:3000']],
    ['the same twice', `${A},${B},${A}`, [A, B]],
    ['the same expression twice', '/^a$/ /^a$/ /^a$/i', [/^a$/, /^a$/i]],
    ['an app', 'capacitor://localhost file://', ['capacitor://localhost', 'file://']],
    [
      'expressions, with commas and slashes in them',
      String.raw`/^https:\/\/a{1,2}\.example$/, /^https:\/\/b[/,]\.example$/i /^https://c\.example$/`,
      [/^https:\/\/a{1,2}\.example$/, /^https:\/\/b[/,]\.example$/i, /^https:\/\/c\.example$/],
    ],
    [
      'an expression with a space, between origins',
      String.raw`${A},/^https:\/\/(?:a b|c)\.example$/,${B}`,
      [A, /^https:\/\/(?:a b|c)\.example$/, B],
    ],
    ['an expression in quotes', String.raw`"/^https:\/\/a\.example$/"`, [/^https:\/\/a\.example$/]],
  ])('separators and quotes: are read: %s', (_name, text, origins) => {
    expect(readOrigins(text)).toEqual(origins);
  });

  it.each(['', ',', `${A}, ${B}`, `["${A}"]`, '*', 'false', String.raw`/^https:\/\/a\.example$/`, undefined])(
    'value: is accepted by the origin field: %s',
    (text) => {
      expect(problemsOf({ origin: readOrigins(text) })).toEqual([]);
    },
  );

  it('problems that depend on the policy: are left to the check at boot', () => {
    const text = 'null, http://a.example, https://*.co.uk, file://, /a/';
    const codes = problemsOf({ origin: readOrigins(text), credentials: true }).map(({ code, path }) => [code, path]);
    expect(codes).toEqual([
      ['null-origin', 'origin[0]'],
      ['insecure-origin', 'origin[1]'],
      ['public-suffix', 'origin[2]'],
      ['nonstandard-origin', 'origin[3]'],
      ...codes.slice(4),
    ]);
    expect(codes.slice(4)).toContainEqual(['unanchored-regexp', 'origin[4]']);
  });

  it('several problems: are reported at once as at boot, each with its place', () => {
    expect(hintsIn(`${A}/, *, https://B.example, ${A}:443 /^${A}$/g true "", https://my-app-*.example.com`)).toEqual([
      ['malformed-origin', 'ORIGINS[0]', `Write "${A}".`],
      ['wildcard-in-list', 'ORIGINS[1]', 'Write * alone, or remove it: it stands for every origin.'],
      ['malformed-origin', 'ORIGINS[2]', 'Write "https://b.example".'],
      ['malformed-origin', 'ORIGINS[3]', `Write "${A}".`],
      ['stateful-regexp', 'ORIGINS[4]', 'Write /^https:\\/\\/a.example$/.'],
      ['invalid-value', 'ORIGINS[5]', 'Write the origins, or * for every origin without credentials.'],
      ['malformed-origin', 'ORIGINS[6]', 'Write /^https:\\/\\/my-app-[a-z0-9-]+\\.example\\.com$/.'],
    ]);
    expect(problemsIn(`${A}/`)).toEqual(problemsOf({ origin: [`${A}/`] }));
    expect(() => readOrigins(`${A}/`, 'ALLOWED_ORIGINS')).toThrow(
      `The CORS configuration has 1 problem:\n\n1. [malformed-origin] \`ALLOWED_ORIGINS[0]\` must be an origin without a slash at the end; got "${A}/"`,
    );
  });

  it.each<[string, unknown, string, string, RegExp, RegExp]>([
    [
      'true',
      'true',
      'invalid-value',
      'ORIGINS[0]',
      /must be an origin; got "true"/,
      /\* for every origin without credentials/,
    ],
    [
      'an expression that is none',
      '/^(/',
      'invalid-value',
      'ORIGINS[0]',
      /must be a regular expression; got "\/\^\(\/"\. .+\.$/,
      /\/\^https:/,
    ],
    [
      'an expression with flags that are none',
      '/^a$/zz',
      'invalid-value',
      'ORIGINS[0]',
      /must be a regular expression; got/,
      /\/\^https:/,
    ],
    [
      'an expression without an end',
      String.raw`/^https:\/\/a\.example$`,
      'malformed-origin',
      'ORIGINS[0]',
      /must be an origin with a scheme/,
      /Write/,
    ],
    [
      'a path',
      '//a.example/x',
      'malformed-origin',
      'ORIGINS[0]',
      /must be an origin with a scheme/,
      /"https:\/\/a\.example"/,
    ],
    [
      'a quote without an end',
      `"${A}`,
      'malformed-origin',
      'ORIGINS[0]',
      /without quotes around it/,
      /"https:\/\/a\.example"/,
    ],
    [
      'a quote that is escaped',
      `"${A}\\"`,
      'malformed-origin',
      'ORIGINS[0]',
      /without a slash at the end/,
      /"https:\/\/a\.example"/,
    ],
    [
      'typographic quotes',
      `“${A}”`,
      'malformed-origin',
      'ORIGINS[0]',
      /without quotes around it/,
      /"https:\/\/a\.example"/,
    ],
    [
      'semicolons',
      `${A};https://c.example`,
      'malformed-origin',
      'ORIGINS[0]',
      /one origin per entry/,
      /\["https:\/\/a\.example", "https:\/\/c\.example"\]/,
    ],
    ['a number in JSON', `["${A}", 7]`, 'invalid-value', 'ORIGINS[1]', /; got 7\./, /Write an origin/],
    ['a list in JSON', `[["${A}"]]`, 'invalid-value', 'ORIGINS[0]', /; got a list\./, /Write an origin/],
    [
      'a star in a JSON array',
      `["*", "${A}"]`,
      'wildcard-in-list',
      'ORIGINS[0]',
      /must be a single origin/,
      /Write \* alone/,
    ],
    [
      'an object in JSON',
      '{"origin": "*"}',
      'invalid-value',
      'ORIGINS',
      /must be a list of origins or a JSON array/,
      /Write \["https:\/\/app\.example\.com"\]/,
    ],
    [
      'JSON that a shell has taken the quotes from',
      `[${A},https://c.example]`,
      'invalid-value',
      'ORIGINS',
      /must be a list of origins or a JSON array/,
      /^Write https:\/\/a\.example,https:\/\/c\.example\.$/,
    ],
    [
      'JSON with single quotes',
      `['${A}']`,
      'invalid-value',
      'ORIGINS',
      /must be a list of origins or a JSON array/,
      /^Write https:\/\/a\.example\.$/,
    ],
    [
      'JSON without an end',
      `"[\\"${A}\\""`,
      'invalid-value',
      'ORIGINS',
      /must be a list of origins or a JSON array/,
      /^Write https:\/\/a\.example\.$|^Write \[/,
    ],
    [
      'an object of JSON in quotes',
      `'{"origin":1}' ${A}`,
      'invalid-value',
      'ORIGINS',
      /must be a list of origins or a JSON array/,
      /^Write \[/,
    ],
    [
      'JSON in quotes that is none',
      `"[7" ${A}`,
      'invalid-value',
      'ORIGINS',
      /must be a list of origins or a JSON array/,
      /^Write \[/,
    ],
    [
      'something else than a text',
      [A],
      'invalid-value',
      'ORIGINS',
      /; got a list\./,
      /the text of an environment variable/,
    ],
    [
      'a text in many quotes',
      `${`"'`.repeat(5)}a.example${`'"`.repeat(5)}`,
      'malformed-origin',
      'ORIGINS[0]',
      /without quotes around it/,
      /"https:\/\/a\.example"/,
    ],
  ])('string that cannot be read: is reported: %s', (_name, text, code, path, message, hint) => {
    const [problem, ...others] = problemsIn(text, 'ORIGINS');
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code, path });
    expect(problem?.message).toMatch(message);
    expect(problem?.hint).toMatch(hint);
  });

  it('variable with a password: its problem does not show it', () => {
    for (const text of [
      'postgres://me:secret@db/x',
      '{"url":"postgres://me:secret@db/x"}',
      '[https://me:secret@a.example]',
    ]) {
      const [problem] = problemsIn(text);
      expect(`${problem?.message} ${problem?.hint}`).not.toContain('secret');
    }
  });

  it('hints: do not name the function that reads them', () => {
    expect(hintsIn('https://a.example;https://b.example')).toEqual([
      [
        'malformed-origin',
        'ORIGINS[0]',
        'Write each origin as an entry of its own: ["https://a.example", "https://b.example"].',
      ],
    ]);
  });

  it('null: is read like undefined', () => {
    expect(readOrigins(null as unknown as undefined)).toEqual([]);
  });

  it('any separators and quotes: are read as they were written', () => {
    const origin = fc.constantFrom(A, B, 'http://localhost:3000', 'capacitor://localhost', 'null', 'http://[::1]');
    const separator = fc.constantFrom(',', ' ', '\n', ', ', ' ,\r\n', '\t', ',,', ' , , ');
    const around = fc.constantFrom('', '"', "'", '`');
    const entry = fc.tuple(origin, around);
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, separator), { minLength: 1 }), around, (entries, quote) => {
        const plain = entries.map(
          ([[text, own], between]) => `${own === quote ? '' : own}${text}${own === quote ? '' : own}${between}`,
        );
        const text = quote + plain.join('') + quote;
        expect(readOrigins(text)).toEqual([...new Set(entries.map(([[written]]) => written))]);
      }),
      { numRuns: 2000 },
    );
  });

  it('any string: gives a value of the origin field, or problems', () => {
    const piece = fc.constantFrom(
      '*',
      '/',
      '\\',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      ',',
      ' ',
      '\n',
      A,
      '/^a$/',
      'null',
      'true',
      '\uFEFF',
      'ü',
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
      fc.json(),
    );
    fc.assert(
      fc.property(text, (written) => {
        const problems = problemsIn(written);
        for (const { message, hint } of problems) {
          expect(message.length + hint.length).toBeLessThan(3000);
          expect(hint).toMatch(/\.$/);
        }
        // What lets everybody in was written alone.
        if (problems.length === 0 && readOrigins(written) === '*') {
          expect(written.replace(/[\s,"'`[\]\\*]/g, '')).toBe('');
        }
      }),
      { numRuns: 2000 },
    );
  });
});
