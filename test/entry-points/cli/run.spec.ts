import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../lib/entry-points/cli/run.js';
import { PLATFORMS } from '../../support/application.js';

const SHOP = ['--module', 'shop.mjs#AppModule'];
const PARTNER = 'https://partner.example';
const APP = 'https://app.example.com';

/** Runs the command in this process, where it sees the sources. */
async function command(...argv: string[]) {
  return commandOn({}, ...argv);
}

async function commandOn(
  terminal: { isTTY?: boolean; columns?: number; hasColors?: () => boolean },
  ...argv: string[]
) {
  let [out, err] = ['', ''];
  const code = await run(argv, {
    stdout: { ...terminal, write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    cwd: join(import.meta.dirname, 'fixtures'),
  });
  return { code, out, err };
}

describe.each(PLATFORMS)('nestjs-cors on %s', (adapter) => {
  const shop = [...SHOP, '--adapter', adapter];

  it('routes: lists them with the policy in force', async () => {
    const { code, out, err } = await command('routes', ...shop);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual(
      expect.arrayContaining([
        ['METHOD', 'PATH', 'HOST', 'HANDLER', 'ORIGINS', 'CREDENTIALS', 'POLICY'],
        ['GET', '/orders', 'OrdersController.list', 'lookup StoredOrigins', 'yes', 'policy "partners"'],
        ['PUT', '/orders/:id', 'OrdersController.replace', 'lookup StoredOrigins', 'yes', 'OrdersController.replace'],
        ['DELETE', '/orders/:id', 'OrdersController.remove', 'none', 'yes', 'OrdersController.remove'],
        ['/graphql and below: origins *'],
        ['Everything else: origins https://app.example.com'],
      ]),
    );
    expect(out).toMatch(/^POST +\/prices +\S*api\S*example\S* +PricesController\.submit +\* +no +policy "public"$/m);
  });

  it('routes --json: lists them for programs', async () => {
    const { code, out } = await command('routes', ...shop, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveLength(4);
    expect(JSON.parse(out)).toContainEqual(
      expect.objectContaining({
        method: 'PUT',
        path: '/orders/:id',
        controller: 'OrdersController',
        handler: 'replace',
      }),
    );
  });

  it('function that main.ts shares: is applied', async () => {
    const { out } = await command('routes', ...shop, '--configure', 'shop.mjs#configure', '--json');
    expect((JSON.parse(out) as { path: string }[]).map(({ path }) => path).sort()).toEqual([
      '/api/orders',
      '/api/orders/:id',
      '/api/orders/:id',
      '/prices',
    ]);
  });

  it('explain of a grant: says why', async () => {
    const request = ['PUT', '/orders/7', '--origin', PARTNER, '--header', 'If-Match: "1"', '--credentials'];
    const { code, out, err } = await command('explain', ...request, ...shop, '--strict');
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Route      PUT /orders/:id (OrdersController.replace)\n');
    expect(out).toMatch(/^ {2}originLookup +StoredOrigins +policy "partners"$/m);
    expect(out).toMatch(/^ {2}allowedHeaders +content-type, if-match +OrdersController\.replace$/m);
    expect(out).toMatch(/^ {2}maxAge +none +default$/m);
    expect(out).toContain('Lookup     StoredOrigins: allowed\n');
    expect(out).toContain('Preflight  sent, granted with 204 (origin-lookup)\n');
    expect(out).toContain('  Access-Control-Allow-Headers: if-match\n');
    expect(out).toMatch(/Response {3}granted \(origin-lookup\)\n {2}Vary: Origin\n/);
    expect(out).toMatch(/\n\nReadable: .+\n$/);
  });

  it('explain of a refusal: says what to do, and fails with --strict', async () => {
    const request = ['PUT', '/orders/7', '--origin', PARTNER, '--header', 'X-Other: 1'];
    const { code, out } = await command('explain', ...request, ...shop);
    expect(code).toBe(0);
    expect(out).toContain('Preflight  sent, refused with 403 (header-not-allowed)\n');
    expect(out).toContain('Response   never requested, because the preflight is refused;');
    expect(out).toMatch(/\n\nNot readable: .+`allowedHeaders`.+\n$/);
    expect(await command('explain', ...request, ...shop, '--strict')).toMatchObject({ code: 1, out });
  });

  it('explain --json: explains for programs', async () => {
    const request = ['get', '/orders?page=1', '--origin', 'null'];
    const { code, out } = await command('explain', ...request, ...shop, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      request: { method: 'GET', path: '/orders?page=1', origin: 'null', host: 'localhost' },
      preflight: { sent: false },
      response: { reason: 'origin-null' },
      readable: false,
    });
  });

  it('explain of another host and of a `paths` entry: finds both', async () => {
    const host = ['--host', 'API.example.com:8443'];
    const prices = await command('explain', 'POST', '/prices', '--origin', PARTNER, ...host, ...shop, '--json');
    expect(JSON.parse(prices.out)).toMatchObject({ readable: true, route: { handler: 'submit' } });
    const graphql = await command('explain', 'POST', '/graphql/ws', '--origin', PARTNER, ...shop);
    expect(graphql.out).toContain('Route      none: Nest routes nothing there\nPolicy     policy "public"\n');
  });

  it.each([
    ['POST', '/orders', 'That path has GET.'],
    ['PATCH', '/orders/7', 'That path has PUT and DELETE.'],
    ['GET', '/order', 'The nearest is GET /orders.'],
    ['PUT', '/ordrs/7?x=1', 'The nearest is PUT /orders/:id.'],
    ['GET', '/api/orders', 'The nearest is GET /orders.'],
    ['POST', '/prices', 'The nearest is POST /prices on host'],
    ['GET', '/some/where/else', 'No route resembles it.'],
  ])('explain of %s %s: says what there is instead', async (method, path, instead) => {
    const { code, out, err } = await command('explain', method, path, '--origin', APP, ...shop);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`No route and no \`paths\` entry covers ${method} ${path}: the module defaults apply. `);
    expect(err).toContain(instead);
    expect(err).toContain('--configure');
  });

  it('explain of a failed lookup: says why it failed', async () => {
    const request = ['GET', '/read', '--origin', APP, '--module', 'failing.mjs', '--adapter', adapter];
    const { code, out, err } = await command('explain', ...request);
    expect(code).toBe(0);
    expect(out).toContain('Response   refused (lookup-failed)\n');
    expect(err).toMatch(/^originLookup of module defaults failed.+relation "origins" does not exist\n$/);
  });

  it('explain without a version: says that it may be missing', async () => {
    const versioned = ['--configure', 'versions.mjs#configure', '--module', 'versions.mjs', '--adapter', adapter];
    const request = ['explain', 'PUT', '/items', '--origin', APP, ...versioned];
    const { code, out } = await command(...request);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Route +none for this request; with other headers PUT \/items version 1 \(One\.put\), or PUT .+ 2/m,
    );
    expect(out).toMatch(/^Preflight +sent, .+; granted when any of these grants it: .+/m);
    expect((await command(...request, '--header', 'X-Version: 2')).out).toMatch(
      /^Route +PUT \/items version 2 \(Two\.put\)$/m,
    );
    expect((await command('routes', ...versioned)).out).toMatch(/^METHOD +PATH +VERSION +HANDLER/);
  });

  it('audit: finds what is risky, and fails with --strict', async () => {
    const { code, out } = await command('audit', ...shop);
    expect(code).toBe(0);
    expect(out).toMatch(/^FINDING +WHERE +WHAT, AND WHAT TO DO\n/);
    expect(out).toMatch(/^state-change-open-to-all +POST \/prices \(PricesController\.submit\) +.+\.$/m);
    const strict = await command('audit', ...shop, '--strict', '--json');
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.out)).toMatchObject([{ code: 'state-change-open-to-all' }]);
  });

  it('audit without findings: says so', async () => {
    const silent = ['--module', 'modules.mjs#Silent', '--adapter', adapter, '--strict'];
    expect(await command('audit', ...silent)).toEqual({ code: 0, out: 'Nothing found.\n', err: '' });
    expect((await command('routes', ...silent)).out).toMatch(/^The application has no routes\./);
  });

  it.each([
    ['Misconfigured', /^The CORS configuration has 2 problems:\n\n1\. .*\[malformed-origin\]/],
    [
      'Unresolvable',
      /^The application in modules\.mjs does not boot: Nest can't resolve dependencies of the Demanding/,
    ],
    ['WithoutCors', /^The application has no CorsModule\. Add CorsModule\.forRoot\(\)/],
  ])('%s: says why it does not boot, without a stack', async (name, message) => {
    const { code, out, err } = await command('audit', '--module', `modules.mjs#${name}`, '--adapter', adapter);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/^ +at /m);
  });
});

describe('a committed manifest', () => {
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-manifest-'));
    file = join(folder, 'cors.json');
    writeFileSync(file, (await command('routes', '--manifest', ...SHOP)).out);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('same policies: says that nothing changed', async () => {
    expect(await command('routes', '--compare', file, '--strict', ...SHOP)).toEqual({
      code: 0,
      out: `The policies are those of ${file}.\n`,
      err: '',
    });
  });

  it('other policies: says what changed', async () => {
    const changed = join(folder, 'changed.json');
    writeFileSync(changed, readFileSync(file, 'utf8').replace('"credentials": true', '"credentials": false'));
    const difference = '~ DELETE /orders/:id: credentials false -> true';
    expect(await command('routes', '--compare', changed, ...SHOP)).toMatchObject({ code: 0, out: `${difference}\n` });
    const strict = await command('routes', '--compare', changed, '--strict', '--json', ...SHOP);
    expect([strict.code, JSON.parse(strict.out)]).toEqual([1, [difference]]);
  });

  it('--without-origins: is the same in every environment', async () => {
    const elsewhere = join(folder, 'elsewhere.json');
    writeFileSync(elsewhere, readFileSync(file, 'utf8').replaceAll('https://app.example.com', 'http://localhost:4200'));
    const differing = await command('routes', '--compare', elsewhere, '--strict', ...SHOP);
    expect(differing.code).toBe(1);
    const compared = await command('routes', '--compare', elsewhere, '--without-origins', '--strict', ...SHOP);
    expect(compared.code).toBe(0);
    const { out } = await command('routes', '--manifest', '--without-origins', ...SHOP);
    const { default: defaults, paths, routes } = JSON.parse(out) as Record<string, Record<string, { origin: unknown }>>;
    expect([defaults?.['origin'], paths?.['/graphql']?.origin]).toEqual(['(listed)', '*']);
    expect(routes?.['DELETE /orders/:id']?.origin).toBe(false);
    expect(out).not.toContain('app.example.com');
  });

  it.each([
    ['is not there', undefined, "can't be read as JSON (ENOENT"],
    ['is no JSON', '{', "can't be read as JSON"],
    ['is something else', '{ "version": 2 }', 'is no manifest of this version'],
  ])('file that %s: exits with 2, and says how to write one', async (name, content, message) => {
    const other = join(folder, `${name}.json`);
    if (content !== undefined) {
      writeFileSync(other, content);
    }
    const { code, err } = await command('routes', '--compare', other, ...SHOP);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain('routes --manifest');
  });
});

describe('what nestjs-cors says to bad input', () => {
  const explain = (...argv: string[]) => ['explain', 'GET', '/orders', ...argv, ...SHOP];
  it.each<[string[], string | RegExp]>([
    [[], /^Write a command: routes, explain, audit, probe or migrate\.\n\nShows what/],
    [['rotues'], 'There is no command "rotues". Did you mean routes?\n'],
    [['frobnicate'], 'There is no command "frobnicate". The commands are routes, explain, audit, probe, migrate.\n'],
    [
      ['audit', '--timeout', '0', ...SHOP],
      '--timeout must be a number from 1 to 3600 (seconds); got "0". Write it: --timeout 120\n',
    ],
    [['audit', '--timeout', 'soon', ...SHOP], /^--timeout must be a number .* got "soon"/],
    [['audit', '--modul', 'x'], 'audit has no option --modul. Did you mean --module?\n'],
    [['audit', '--origin', APP], /^audit has no option --origin\./],
    [['audit', '-x'], 'audit has no option -x. nestjs-cors --help lists the options.\n'],
    [['--frobnicate'], 'There is no option --frobnicate. nestjs-cors --help lists the options.\n'],
    [['audit', '--module'], '--module needs a value: --module dist/app.module.js#AppModule\n'],
    [['audit', '--module', '--json'], /^--module needs a value/],
    [['audit', '--json=yes'], '--json takes no value. Write it alone.\n'],
    [
      ['audit'],
      /^There is no dist\/app\.module\.js, which nest-cli\.json and package\.json lead to: build the application\./,
    ],
    [['audit', 'everything', ...SHOP], /^audit takes options only: got "everything"\./],
    [['routes', '--manifest', '--compare', 'x', ...SHOP], /choose one of them/],
    [['routes', '--without-origins', ...SHOP], /^--without-origins belongs to --manifest or to --compare/],
    [
      ['audit', '--env-file', 'nowhere.env', ...SHOP],
      /^--env-file must be a file that can be read; got nowhere\.env\./,
    ],
    [['audit', '--module', 'nowhere.js'], /^There is no file nowhere\.js in .*\. Build the application/],
    [['audit', '--module', 'shop'], 'There is no file shop. Did you mean shop.mjs?\n'],
    [['audit', '--module', 'shop.mjs#AppModul'], 'shop.mjs exports no AppModul. Did you mean #AppModule?\n'],
    [['audit', '--module', 'shop.mjs#Zebra'], 'shop.mjs exports no Zebra. It exports AppModule, configure.\n'],
    [['audit', '--module', 'shop.mjs#configure'], /^configure of shop\.mjs is no @Module\(\) class\./],
    [['audit', '--module', 'modules.mjs'], /^modules\.mjs exports more than one @Module\(\) class: \w+, .*#\w+\n$/],
    [['audit', '--module', 'broken.mjs'], /^broken\.mjs can't be loaded: DATABASE_URL is not set\.\nAdd --debug/],
    [['audit', ...SHOP, '--configure', 'shop.mjs#AppModul'], /Did you mean #AppModule\?/],
    [['audit', ...SHOP, '--adapter', 'expres'], 'There is no adapter "expres". Write --adapter express.\n'],
    [['explain', 'GET', ...SHOP], /^Write a method and a path: /],
    [explain(), 'Write the origin of the page: --origin https://app.example.com\n'],
    [explain('--origin', 'file:///index.html'), /\(opaque-origin\)\. Write scheme, host and port only/],
    [explain('--origin', 'https://App.example.com/'), /\(trailing-slash\)\. Write https:\/\/app\.example\.com\n$/],
    [explain('--origin', 'nonsense'), /^"nonsense" is no origin .* Write scheme, host and port only/],
    [explain('--origin', '*'), /^\* stands for many origins\./],
    [explain('--origin', 'https://*.example.com'), /stands for many origins\./],
    [explain('more', '--origin', APP), /^explain takes one method and one path: got "more" as well\./],
    [['explain', '/orders', 'GET', '--origin', APP, ...SHOP], /^"\/orders" is no HTTP method\. The method comes first/],
    [['explain', 'trace', '/', '--origin', APP, ...SHOP], /^Browsers send no trace for scripts\./],
    [['explain', 'patch', '/', '--origin', APP, ...SHOP], /^Write PATCH: methods are case-sensitive/],
    [
      ['explain', 'Patch', '/', '--origin', APP, ...SHOP],
      /^Write PATCH: .*the reason method-case: .*case-sensitive: Patch\. .*`method: 'PATCH'`/,
    ],
    [['explain', 'foo', '/', '--origin', APP, ...SHOP], /^Write FOO: .* sends "foo" as it is\.\n$/],
    [['explain', 'GET', 'orders', '--origin', APP, ...SHOP], 'A path starts with a slash: write "/orders".\n'],
    [
      ['explain', 'GET', 'https://api.example.com:8080/a?b', '--origin', APP, ...SHOP],
      'Write the path and the host apart: /a?b --host api.example.com:8080\n',
    ],
    [explain('--origin', APP, '--host', 'a/b'), /^"a\/b" is no host\./],
    [explain('--origin', APP, '--header', 'If-Match'), /^"If-Match" is no header\./],
    [
      explain('--origin', APP, '--header', 'Cookie: a=b'),
      "Scripts can't set Cookie: the browser does. Use --credentials.\n",
    ],
    [explain('--origin', APP, '--header', 'Sec-Fetch-Mode: cors'), /Leave it out\.\n$/],
  ])('%j: a sentence and exit code 2', async (argv, message) => {
    const { code, out, err } = await command(...argv);
    expect([code, out]).toEqual([2, '']);
    if (typeof message === 'string') {
      expect(err).toBe(message);
    } else {
      expect(err).toMatch(message);
    }
    expect(err).not.toMatch(/^ +at /m);
  });

  it.each([[], ['--debug']])('thrown %j: shows no secret', async (...options) => {
    const { code, err } = await command('audit', '--module', 'leaking.mjs', ...options);
    expect(code).toBe(2);
    expect(err).toContain('connect to postgres://***@db failed, password=***');
    expect(err).not.toContain('hunter2');
  });

  it('--debug: shows the stack', async () => {
    const { code, err } = await command('audit', '--module', 'broken.mjs', '--debug');
    expect(code).toBe(2);
    expect(err).toMatch(/^ +at .*broken\.mjs/m);
  });
});

describe('nestjs-cors', () => {
  it('--version and --help: print version and help', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await command('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
    const { code, out } = await command('explain', '-h');
    expect(code).toBe(0);
    for (const text of ['--module', '--configure', '--adapter', '--strict', '--compare', '--header', 'Exit codes']) {
      expect(out).toContain(text);
    }
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('file that exports one module: uses it', async () => {
    expect((await command('routes', '--module', 'shop.mjs', '--json')).code).toBe(0);
  });

  it('repeated headers and paths: are sent as a browser sends them', async () => {
    const headers = ['--header', 'x-list: a', '--header', 'X-List: b'];
    const { out } = await command(
      'explain',
      'GET',
      '/graphql/../orders?ä#top',
      '--origin',
      APP,
      ...headers,
      ...SHOP,
      '--json',
    );
    expect(JSON.parse(out)).toMatchObject({
      request: { path: '/orders?%C3%A4', headers: { 'x-list': 'a, b' } },
      preflight: { sent: true },
    });
  });

  it('terminal: fits tables into its width, and colours them there', async () => {
    const terminal = { isTTY: true, columns: 80, hasColors: () => true };
    const { out } = await commandOn(terminal, 'routes', ...SHOP);
    const plain = stripVTControlCharacters(out);
    expect(out).toContain('\u001B[1mMETHOD');
    for (const line of plain.split('\n').slice(0, -4)) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
    const refused = await commandOn(terminal, 'explain', 'GET', '/orders', '--origin', APP, ...SHOP);
    expect(refused.out).toContain('\u001B[31mNot readable: ');
    const without = await commandOn({ ...terminal, hasColors: () => false }, 'routes', ...SHOP);
    expect(without.out).toBe(plain);
  });
});
