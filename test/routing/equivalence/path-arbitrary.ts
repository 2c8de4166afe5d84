import fc from 'fast-check';
import type { ApplicationPlan } from './application-plan.js';

type Platform = ApplicationPlan['platform'];

/** Few words, so that routes overlap, and some that routers decode, fold or split. */
const WORDS = ['a', 'a', 'b', 'b', 'ab', 'A', 'Ab', 'c', 'v1', '1', 'api', 'heir'];
const ODD_WORDS = [
  '\u00e9',
  '\u212a',
  'a.b',
  'a-b',
  'a~',
  'a;b',
  'a%20b',
  '%61',
  'a%2Fb',
  'a@b',
  'a,b',
  '.',
  '..',
  "a'",
];

/** Segments with parameters, in the syntax of the platform's router; `$` stands for a name of their own. */
const DYNAMIC: Record<Platform, readonly string[]> = {
  express: [
    ...[':$', ':$', ':$', ':$', ':$-:$', ':$.:$', ':$.json', 'a:$', 'a-:$', ':$@:$', ':"a-b"', '\\:a'],
    ...['*$', '*$', '{*$}', 'a*$', 'a{b}', '{:$}', ':${.:$}', '*$.json', '{a/}b'],
  ],
  fastify: [
    ...[':$', ':$', ':$', ':$', ':$-:$', ':$.:$', ':$.json', 'a:$', 'a-:$', ':$@:$', '::a', ':$(^\\d+$)'],
    ...[':$(^\\d+$)', ':$(^[a-z]+$).png', ':$(^\\d+$)-:$', ':same', ':same-:same', 'a.:$'],
  ],
};

/** What a path may end with; what begins with `{/` needs no slash before it. */
const ENDS: Record<Platform, readonly string[]> = {
  express: ['{/:$}', '{/a}', '{/*$}', '{/:$/b}', '*$', '{*$}', '/', '//', ':$'],
  fastify: ['/', '//', ':$'],
};
/** What only the last part of a route's path may end with. */
const LAST_ENDS: Record<Platform, readonly string[]> = {
  express: [...ENDS.express, '(.*)', '*'],
  fastify: [...ENDS.fastify, '*', '*', 'a*', ':$?', ':$(^\\d+$)?'],
};

/** A path as the decorator of a handler takes it: with or without slash before it, empty at times. */
export function handlerPathArbitrary(platform: Platform): fc.Arbitrary<string> {
  return pathArbitrary(platform, 3, LAST_ENDS[platform]);
}

/** A path that others are appended to: of a controller or a module. */
export function outerPathArbitrary(platform: Platform): fc.Arbitrary<string> {
  return pathArbitrary(platform, 2, ENDS[platform]);
}

function pathArbitrary(platform: Platform, maxLength: number, ends: readonly string[]): fc.Arbitrary<string> {
  return fc
    .record({
      slash: fc.constantFrom('', '', '/', '//'),
      segments: fc.array(segmentArbitrary(platform), { maxLength }),
      end: rarely(fc.constantFrom(...ends), ''),
    })
    .map(({ slash, segments, end }) => {
      const separator = end === '' || end.startsWith('{/') || end.startsWith('/') || segments.length === 0 ? '' : '/';
      return named(`${slash}${segments.join('/')}${separator}${end}`);
    });
}

/** A path without parameters. */
export function fixedPathArbitrary(): fc.Arbitrary<string> {
  const words = fc.constantFrom(...WORDS, ...ODD_WORDS.filter((word) => !/[%;.]/.test(word)));
  return fc.array(words, { minLength: 1, maxLength: 2 }).map((segments) => segments.join('/'));
}

export function rarely<T>(arbitrary: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
}

function segmentArbitrary(platform: Platform): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_WORDS, '') },
    { weight: 6, arbitrary: fc.constantFrom(...DYNAMIC[platform]) },
  );
}

/** Gives parameters their names: those of one path have to differ. */
function named(path: string): string {
  let count = 0;
  return path.replace(/([:*])\$/g, (_, kind: string) => `${kind}p${count++}`);
}
