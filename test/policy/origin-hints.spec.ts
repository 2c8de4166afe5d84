import { describe, expect, it } from '@jest/globals';
import { HOSTING_NAMES } from '../../lib/origin/hosting-names.js';
import { originProblems } from '../../lib/policy/origin-check.js';
import { problemsOf } from './catalog.js';
import { compileOrigins } from '../support/compile-origins.js';

/** What a hint tells to write: every list, expression and quoted text in it, as JavaScript reads it. */
function codeIn(hint: string): readonly unknown[] {
  const literals = hint.match(/\[".*?"\]|(?<=Write )\/\^.*?\$\/|"[^"]*"/g) ?? [];
  // oxlint-disable-next-line typescript/no-implied-eval -- The hint is to be pasted into source code.
  return literals.map((literal) => new Function(`return ${literal}`)() as unknown);
}

function hintOf(origin: unknown, credentials = false): string {
  return problemsOf({ origin, credentials })[0]?.hint ?? '';
}

const WITHOUT_CREDENTIALS = " With credentials, add 'insecure-origin' to the policy's dangerouslyAllow.";

const HINTED: ReadonlyArray<
  readonly [origin: string, hint: string, allowed: readonly string[], refused: readonly string[]]
> = [
  [
    'http://192.168.*.*',
    `Write /^http:\\/\\/192\\.168\\.[0-9]{1,3}\\.[0-9]{1,3}$/.${WITHOUT_CREDENTIALS}`,
    ['http://192.168.0.1', 'http://192.168.100.200'],
    ['http://192.169.0.1', 'http://192.168.0.1.evil.example', 'https://192.168.0.1', 'http://192.168.0.1:3000'],
  ],
  [
    'http://192.168.1.*:*',
    `Write /^http:\\/\\/192\\.168\\.1\\.[0-9]{1,3}(?:|:[0-9]{1,5})$/.${WITHOUT_CREDENTIALS}`,
    ['http://192.168.1.7', 'http://192.168.1.7:3000'],
    ['http://192.168.2.7', 'http://192.168.1.7.example:3000'],
  ],
  [
    'http://10.*:3000',
    `Write /^http:\\/\\/10\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}:3000$/.${WITHOUT_CREDENTIALS}`,
    ['http://10.1.2.3:3000'],
    ['http://10.1.2.3', 'http://110.1.2.3:3000'],
  ],
  ['http://127.0.0.*', 'Write /^http:\\/\\/127\\.0\\.0\\.[0-9]{1,3}$/.', ['http://127.0.0.9'], ['http://127.0.1.9']],
  [
    '10.0.*',
    `Write /^http:\\/\\/10\\.0\\.[0-9]{1,3}\\.[0-9]{1,3}$/.${WITHOUT_CREDENTIALS}`,
    ['http://10.0.9.9'],
    ['https://10.0.9.9'],
  ],
  [
    'my-app-*.example.com',
    'Write /^https:\\/\\/my-app-[a-z0-9-]+\\.example\\.com$/.',
    ['https://my-app-12.example.com'],
    ['https://my-app-12.example.com.evil.example', 'https://my-app-1.x.example.com', 'https://my-app-12xexample.com'],
  ],
  [
    'https://My-App-*.Example.com:8443/',
    'Write /^https:\\/\\/my-app-[a-z0-9-]+\\.example\\.com:8443$/.',
    ['https://my-app-12.example.com:8443'],
    ['https://my-app-12.example.com'],
  ],
  [
    'https://*-my-app.example.com',
    'Write /^https:\\/\\/[a-z0-9-]+-my-app\\.example\\.com$/.',
    ['https://a-my-app.example.com'],
    ['https://my-app.example.com'],
  ],
  [
    'https://app.*.example.com',
    'Write /^https:\\/\\/app\\.[a-z0-9-]+\\.example\\.com$/.',
    ['https://app.eu.example.com'],
    ['https://app.a.b.example.com'],
  ],
  [
    'https://*.*.example.com',
    'Write "https://*.example.com", which stands for any number of labels.',
    ['https://a.b.example.com'],
    ['https://example.com'],
  ],
  [
    'http://*.*.example.com',
    `Write "http://*.example.com", which stands for any number of labels.${WITHOUT_CREDENTIALS}`,
    ['http://a.b.example.com'],
    [],
  ],
  ['http://*.*.localhost', 'Write "http://*.localhost", which stands for any number of labels.', [], []],
  [
    'https://my-app-*.example.com:443',
    'Write /^https:\\/\\/my-app-[a-z0-9-]+\\.example\\.com$/.',
    ['https://my-app-1.example.com'],
    [],
  ],
  ['http*://*.example.com', 'Write "https://*.example.com", which stands for any number of labels.', [], []],
  ['https?://example.com', 'Write "https://example.com".', ['https://example.com'], ['http://example.com']],
  ['http(s)://example.com:8443', 'Write "https://example.com:8443".', ['https://example.com:8443'], []],
  ['*.example.com', 'Write "https://*.example.com".', ['https://a.example.com'], ['https://example.com']],
  ['http://localhost*', 'Write "http://localhost:*".', ['http://localhost:5173', 'http://localhost'], []],
  [
    'https://*example.com',
    'Write ["https://example.com", "https://*.example.com"].',
    ['https://example.com', 'https://a.example.com'],
    ['https://evilexample.com'],
  ],
  [
    'https://example.*',
    'Write each name in full: ["https://example.com", "https://example.org"].',
    ['https://example.com'],
    ['https://example.evil'],
  ],
  [
    'https://example.*:8443',
    'Write each name in full: ["https://example.com:8443", "https://example.org:8443"].',
    ['https://example.com:8443'],
    [],
  ],
  ['localhost*', 'Write "http://localhost:*".', ['http://localhost:5173'], []],
  [
    'moz-extension://*',
    'Write /^moz-extension:\\/\\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, which allows every extension of Firefox: each installation has an id of its own.',
    ['moz-extension://4ed7f644-c3b5-4bf1-983f-2c8718f52222'],
    ['chrome-extension://4ed7f644-c3b5-4bf1-983f-2c8718f52222'],
  ],
  [
    'chrome-extension://*',
    'Write the id of your extension: "chrome-extension://abcdefghijklmnopabcdefghijklmnop".',
    ['chrome-extension://abcdefghijklmnopabcdefghijklmnop'],
    [],
  ],
  ['capacitor://*', 'Write "capacitor://localhost".', ['capacitor://localhost'], []],
  ['app://*', 'Write the host of your app: "app://my-app".', ['app://my-app'], ['app://other']],
  [
    'https://my-app-*.vercel.app',
    'Write /^https:\\/\\/my-app-[a-z0-9-]+-team\\.vercel\\.app$/ with the names of your project and your team.',
    ['https://my-app-git-main-team.vercel.app'],
    ['https://my-app-evil.vercel.app'],
  ],
  [
    'https://my-*-app.herokuapp.com',
    'Write /^https:\\/\\/my-[a-z0-9-]+-app\\.herokuapp\\.com$/.',
    ['https://my-7-app.herokuapp.com'],
    ['https://my-evil.herokuapp.com'],
  ],
  [
    'https://api-*.onrender.com',
    'Write /^https:\\/\\/my-app-pr-[0-9]+\\.onrender\\.com$/ with the name of your project.',
    ['https://my-app-pr-7.onrender.com'],
    ['https://api-evil.onrender.com'],
  ],
  [
    'https://shop-*-acme.vercel.app',
    'Write /^https:\\/\\/shop-[a-z0-9-]+-acme\\.vercel\\.app$/.',
    ['https://shop-1a2b-acme.vercel.app'],
    ['https://shop-evil.vercel.app', 'https://shop-acme.vercel.app'],
  ],
  [
    '*.vercel.app',
    'Write /^https:\\/\\/my-app-[a-z0-9-]+-team\\.vercel\\.app$/ with the names of your project and your team.',
    ['https://my-app-git-main-team.vercel.app'],
    ['https://evil.vercel.app'],
  ],
  [
    'https://*--shop.netlify.app',
    'Write /^https:\\/\\/deploy-preview-[0-9]+--shop\\.netlify\\.app$/ with the name of your site.',
    ['https://deploy-preview-7--shop.netlify.app'],
    ['https://evil.netlify.app'],
  ],
  [
    '["https://a.example", "https://B.example/"]',
    'Write each origin as an entry of its own: ["https://a.example", "https://b.example"]. An environment variable is read by readOrigins().',
    ['https://a.example', 'https://b.example'],
    [],
  ],
  [
    "['https://a.example']",
    'Write each origin as an entry of its own: ["https://a.example"]. An environment variable is read by readOrigins().',
    ['https://a.example'],
    [],
  ],
  [
    'https://a.example, *.b.example',
    'Write each origin as an entry of its own: ["https://a.example", "https://*.b.example"]. An environment variable is read by readOrigins().',
    ['https://a.example', 'https://x.b.example'],
    [],
  ],
  [
    'a.example b.example',
    'Write each origin as an entry of its own: ["https://a.example", "https://b.example"]. An environment variable is read by readOrigins().',
    ['https://a.example'],
    [],
  ],
  ['"https://a.example"', 'Write "https://a.example".', ['https://a.example'], []],
  ["'a.example/'", 'Write "https://a.example".', ['https://a.example'], []],
  ['“https://a.example”', 'Write "https://a.example".', ['https://a.example'], []],
  [
    'http://a.example/',
    'Write "http://a.example", or "https://a.example" with credentials.',
    ['http://a.example', 'https://a.example'],
    [],
  ],
];

/** No form can be given for these without a guess, or without letting strangers in. */
const WITHOUT_FORM = [
  'https://*',
  '*://*',
  'https://app-*.co.uk',
  'https://app-*.example',
  'https://*.example.*',
  'https://*-*-*-*-*.example.com',
  'https://a**b*c.example.com',
  '{"origin": "https://a.example"}',
  '["https://a.example", 7]',
  '["https://*.co.uk"]',
  'https://a.example, http://b.example',
  `${'a.example, '.repeat(11)}b1.example,b2.example,b3.example,b4.example,b5.example,b6.example,b7.example,b8.example,b9.example,b0.example`,
  `[${'"https://a.example",'.repeat(1000)}]`,
  '192.168.*.1x',
  'https://exa..mple.com',
  '192.*.1',
  'https://a*b*c.co.uk',
  'https://-*.co.uk',
  'https://app-*.vercel.app:8443',
  'http://app-*.vercel.app',
  'https://x.app-*.vercel.app',
  'https://**.*.co.uk',
  `https://${'*.'.repeat(5)}example.com`,
  `https://${'a'.repeat(64)}*.${'a'.repeat(64)}.example.*`,
  `https://${'a'.repeat(300)}*.example.com`,
  '999.*.*.*.*',
];

describe('the hint of an origin in the configuration', () => {
  it.each(HINTED)('origin %s: gives a form that is ready to paste: %s', (origin, hint) => {
    expect(hintOf([origin])).toBe(hint);
  });

  it.each(HINTED)(
    'origin %s: gives a form that boots, and allows what was meant',
    (_origin, hint, allowed, refused) => {
      const written = codeIn(hint).flat() as readonly (string | RegExp)[];
      expect(written.length).toBeGreaterThan(0);
      expect(problemsOf({ origin: written })).toEqual([]);
      const matcher = compileOrigins(written);
      expect(allowed.filter((origin) => !matcher.allows(origin))).toEqual([]);
      expect(refused.filter((origin) => matcher.allows(origin))).toEqual([]);
    },
  );

  it.each(HINTED)('origin %s: says where the form does not boot with credentials', (_origin, hint) => {
    for (const origin of codeIn(hint).flat()) {
      const codes = problemsOf({ origin, credentials: true }).map(({ code }) => code);
      expect(
        codes.filter((code) => code !== 'insecure-origin' || !hint.toLowerCase().includes('with credentials')),
      ).toEqual([]);
    }
  });

  it.each(WITHOUT_FORM)('form that would be a guess: gives the rule alone: %s', (origin) => {
    const hint = hintOf([origin]);
    expect(hint).toMatch(/^(?:Write scheme, host and|A star stands for|Write each origin as an entry of its own\.)/);
  });

  it('nonstandard origin: says which one may have been meant', () => {
    const instead = / If it is meant, add 'nonstandard-origin' to the policy's dangerouslyAllow\.$/;
    const host = 'Have the app load its pages from an origin with a host, such as "app://my-app".';
    for (const [origin, hint] of [
      ['file://', host],
      ['app://.', host],
      ['tauri://LocalHost', 'Write "tauri://localhost".'],
      ['safari-web-extension://0A1B', "Write `origin: '*'` without credentials in a policy for the extension"],
    ] as const) {
      expect(hintOf(origin)).toMatch(instead);
      expect(hintOf(origin).startsWith(hint)).toBe(true);
    }
  });

  it('URL with a password: does not show it', () => {
    const [problem] = problemsOf({ origin: 'postgres://user:secret@db.example/orders' });
    expect(`${problem?.message} ${problem?.hint}`).not.toContain('secret');
    const [listed] = problemsOf({ origin: 'https://a.example, https://user:secret@b.example' });
    expect(`${listed?.message} ${listed?.hint}`).not.toContain('secret');
  });
});

describe('the hint of a pattern over a public suffix', () => {
  const SUFFIXES = [
    'vercel.app',
    'netlify.app',
    'pages.dev',
    'workers.dev',
    'github.io',
    'gitlab.io',
    'web.app',
    'amplifyapp.com',
    'herokuapp.com',
    'onrender.com',
    'up.railway.app',
    'fly.dev',
    'co.uk',
    'amazonaws.com',
    'windows.net',
    'railway.app',
    'github.dev',
    'westus.azurecontainerapps.io',
    ...HOSTING_NAMES.map(({ name }) => name),
  ];
  const PATTERNS = SUFFIXES.flatMap((suffix) => [
    `https://*.${suffix}`,
    `https://*.${suffix}:*`,
    `https://*.${suffix}:8443`,
    `http://*.${suffix}`,
    `https://*.${suffix}.`,
  ]);

  it.each(PATTERNS)('form: boots as it is, with and without credentials: %s', (origin) => {
    for (const credentials of [true, false]) {
      const { code, hint = '' } = problemsOf({ origin, credentials })[0] ?? {};
      expect(code).toBe('public-suffix');
      const written = codeIn(hint.replace(/ If it is meant, .*/, '')).flat();
      expect(written).toHaveLength(1);
      expect(problemsOf({ origin: written, credentials })).toEqual([]);
    }
  });

  it.each(PATTERNS)('row of a store: gives no expression: %s', (origin) => {
    const [{ hint = '' } = {}] = originProblems(origin, { patterns: true, credentials: false });
    const written = codeIn(hint);
    expect(written.map((value) => typeof value)).toEqual(['string']);
    expect(originProblems(written[0], { patterns: true, credentials: false })).toEqual([]);
  });

  it('previews of one project: gives an expression', () => {
    expect(hintOf('https://*.vercel.app')).toBe(
      "Write /^https:\\/\\/my-app-[a-z0-9-]+-team\\.vercel\\.app$/ with the names of your project and your team. If it is meant, add 'public-suffix' to the policy's dangerouslyAllow.",
    );
  });

  it('pattern above a suffix: names a suffix below', () => {
    expect(problemsOf({ origin: 'https://*.amazonaws.com' })).toMatchObject([
      {
        code: 'public-suffix',
        message:
          '`origin` must be a pattern for names of one owner; got "https://*.amazonaws.com". Anyone can register a name below it, such as under "s3.amazonaws.com". Used by module defaults.',
      },
    ]);
  });
});
