import { describe, expect, it } from '@jest/globals';
import { bootProblems, onBothAdapters } from './lab.js';
import { UNREADABLE, addFrame, fetchFrom, told } from './page.js';

/** Values that browsers must not take for `http://wpt.localhost`, which is `<origin>` here. */
const NOT_THE_ORIGIN = [
  '//wpt.localhost',
  '://wpt.localhost',
  'http:://wpt.localhost',
  'http:/wpt.localhost',
  'http:wpt.localhost',
  'wpt.localhost',
  '.wpt.localhost',
  '*.wpt.localhost',
  'http://.wpt.localhost',
  '<origin>?',
  '<origin>/',
  '<origin> /',
  '<origin>#',
  '<origin>%23',
  '<origin>:80',
  '<origin>, *',
  '<origin>\0',
  '\0<origin>',
  'HTTP://WPT.LOCALHOST',
  'HTTP://wpt.localhost',
  'http://WPT.LOCALHOST',
  '-',
  '**',
  ',*',
  '*,',
  '\0*',
  '\v*',
  '\f*',
  '*\0',
  '*\v',
  '*\f',
  "'*'",
  '"*"',
  '* *',
  '* null',
  '*http://*',
  '*<origin>',
  '* <origin>',
  '*, <origin>',
  'null <origin>',
  'null *',
  '',
  '<origin>/page',
  '<origin>/cors/',
].map((value) => value.replace('<origin>', 'http://wpt.localhost'));

onBothAdapters(
  ({ page, remote, foreign }) => ({
    star: { origin: '*' },
    page: { origin: page },
    remote: { origin: remote },
    example: { origin: 'http://example.net' },
    subdomains: { origin: 'http://*.wpt.localhost:*' },
    'null-only': { origin: 'null', dangerouslyAllow: ['null-origin'] },
    default: { origin: 'http://wpt.localhost' },
    both: { origin: [page, remote, foreign], credentials: true },
    none: false,
  }),
  (lab) => {
    describe.each([
      ['cors/origin.htm, a page that asks a subdomain', 'page', 'remote'],
      ['cors/remote-origin.htm, a frame of a subdomain that asks the page’s host', 'remote', 'page'],
    ] as const)('%s', (_file, from, at) => {
      const document = async () => (from === 'page' ? lab.page : addFrame(lab.page, `${lab.origins[from]}/page`));

      it('policy with *: may read', async () => {
        const outcome = await fetchFrom(await document(), lab.site.url(at, 'star'));
        expect(told(outcome).headers['origin']).toBe(lab.origins[from]);
        expect(lab.last.answer['access-control-allow-origin']).toBe('*');
      });

      it('policy with its own origin: may read', async () => {
        const outcome = await fetchFrom(await document(), lab.site.url(at, from));
        expect(told(outcome).headers['origin']).toBe(lab.origins[from]);
        expect(lab.last.answer['access-control-allow-origin']).toBe(lab.origins[from]);
      });

      it.each([at, 'example', 'null-only', 'default', 'none'])(
        'policy for another origin: may not read: %s',
        async (policy) => {
          expect(await fetchFrom(await document(), lab.site.url(at, policy))).toEqual(UNREADABLE);
          expect(lab.last.answer).not.toHaveProperty('access-control-allow-origin');
        },
      );

      it('pattern: the response names its origin, and never the pattern', async () => {
        const outcome = await fetchFrom(await document(), lab.site.url(at, 'subdomains'));
        expect(outcome.readable).toBe(from === 'remote');
        expect(lab.last.answer['access-control-allow-origin']).toBe(from === 'remote' ? lab.origins.remote : undefined);
      });
    });

    describe('cors/origin.htm, values that are no origin', () => {
      it.each([...NOT_THE_ORIGIN, 'ftp://wpt.localhost'])('Origin %j: is not sent back', async (value) => {
        const heads = await lab.site.rawHeads('default', [`Origin: ${value}`]);
        expect(heads.filter(([name]) => name.startsWith('access-control-'))).toEqual([]);
      });

      it.each([
        ['', '*'],
        ['*', ''],
        ['*', '*'],
        ['', 'http://wpt.localhost'],
        ['*', 'http://wpt.localhost'],
        ['http://wpt.localhost', 'http://wpt.localhost'],
      ])('two Origin lines, %j and %j: get no grant', async (first, second) => {
        const heads = await lab.site.rawHeads('default', [`Origin: ${first}`, `Origin: ${second}`]);
        expect(heads.filter(([name]) => name.startsWith('access-control-'))).toEqual([]);
      });

      it.each(['http://wpt.localhost', ' http://wpt.localhost', '\thttp://wpt.localhost', ' http://wpt.localhost \t '])(
        '%j: gets one line with the bare origin',
        async (value) => {
          const heads = await lab.site.rawHeads('default', [`Origin:${value}`]);
          expect(heads.filter(([name]) => name.startsWith('access-control-'))).toEqual([
            ['access-control-allow-origin', 'http://wpt.localhost'],
          ]);
        },
      );
    });

    describe.each([
      ['fetch/api/cors/sandboxed-iframe.html', 'sandbox'],
      ['fetch/api/cors/data-url-iframe.html', 'iframe'],
      ['fetch/api/cors/data-url-worker.html', 'worker'],
    ] as const)('%s', (_file, kind) => {
      it.each([
        ['null-only', true, 'null'],
        ['star', true, '*'],
        ['none', false, undefined],
        ['page', false, undefined],
        ['both', false, undefined],
        ['subdomains', false, undefined],
      ] as const)('origin null under the policy %s: may read is %s', async (policy, readable, allowed) => {
        const url = lab.site.url('page', policy);
        expect(await lab.askFrom(kind, url)).toBe(readable);
        expect(lab.last).toMatchObject({ url: url.slice(lab.origins.page.length), headers: { origin: 'null' } });
        expect(lab.last.answer['access-control-allow-origin']).toBe(allowed);
      });
    });
  },
);

describe('cors/origin.htm, values that are no origin', () => {
  it.each(NOT_THE_ORIGIN)('policy that would send %j: does not start', async (value) => {
    const problems = await bootProblems({ origin: value });
    expect(problems).toHaveLength(1);
    expect(['malformed-origin', 'insecure-origin']).toContain(problems[0]);
  });
});

it('fetch/api/cors/sandboxed-iframe.html: policy with the origin null starts only where that is allowed', async () => {
  expect(await bootProblems({ origin: 'null' })).toEqual(['null-origin']);
});
