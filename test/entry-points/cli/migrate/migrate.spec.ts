import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../../lib/entry-points/cli/run.js';

const REPOSITORY = resolve(import.meta.dirname, '../../../..');

interface Migrated {
  readonly file: string;
  readonly call: { kind: string; adapter: string; line: number; column: number };
  readonly forRoot: string;
  readonly notes: readonly { level: string; option: string; message: string }[];
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-migrate-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(REPOSITORY, 'node_modules/typescript'), join(folder, 'node_modules/typescript'));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function command(...argv: string[]) {
  let [out, err] = ['', ''];
  const code = await run(['migrate', ...argv], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    cwd: folder,
  });
  return { code, out, err };
}

function write(file: string, text: string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** What becomes of one call in a file of its own. */
async function migrated(source: string): Promise<Migrated> {
  write('one/main.ts', source);
  const { code, out, err } = await command('one/main.ts', '--json');
  expect([code, err]).toEqual([0, '']);
  const [first, ...more] = JSON.parse(out) as Migrated[];
  expect(more).toEqual([]);
  return first as Migrated;
}

const onExpress = (options: string, before = ''): Promise<Migrated> =>
  migrated(`${before}\nconst app = await NestFactory.create(AppModule);\napp.enableCors(${options});`);
const onFastify = (options: string): Promise<Migrated> =>
  migrated(
    `const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter());\napp.enableCors(${options});`,
  );
const decisions = ({ notes }: Migrated): string[] =>
  notes.filter(({ level }) => level === 'decide').map(({ option }) => option);
const changes = ({ notes }: Migrated): string[] =>
  notes.filter(({ level }) => level === 'change').map(({ option }) => option);

describe('nestjs-cors migrate', () => {
  it.each<[options: string, fields: string[], decided: string[], changed: string[]]>([
    ['', ["origin: '*'"], [], []],
    ['{}', ["origin: '*'"], [], []],
    ["{ origin: '*' }", ["origin: '*'"], [], []],
    ["{ origin: 'https://app.example.com' }", ["origin: 'https://app.example.com'"], [], ['origin']],
    [
      "{ origin: ['https://app.example.com', /^https:\\/\\/x\\.example\\.com$/], credentials: true }",
      ["origin: ['https://app.example.com', /^https:\\/\\/x\\.example\\.com$/]", 'credentials: true'],
      [],
      [],
    ],
    ['{ origin: true }', ["origin: '*'"], [], ['origin']],
    ['{ origin: true, credentials: true }', ['origin: []', 'credentials: true'], ['origin'], []],
    ['{ origin: true, credentials: shared }', ['origin: []', 'credentials: shared'], ['origin', 'credentials'], []],
    ['{ credentials: true }', ["origin: '*'"], ['credentials'], []],
    ["{ credentials: 'true' }", ["origin: '*'"], [], []],
    ['{ origin: false }', ['origin: false'], [], ['origin']],
    ['{ origin: undefined }', ['origin: false'], [], ['origin']],
    [
      "{ origin: 'https://app.example.com/', credentials: false }",
      ["origin: 'https://app.example.com/'"],
      ['origin'],
      ['origin'],
    ],
    ['{ origin: /example\\.com$/ }', ['origin: /example\\.com$/'], ['origin'], []],
    [
      "{ origin: [], methods: ['GET', 'PUT'], allowedHeaders: 'x-a', exposedHeaders: ['x-b'], maxAge: 600, optionsSuccessStatus: 200 }",
      [
        'origin: []',
        "methods: ['GET', 'PUT']",
        "allowedHeaders: 'x-a'",
        "exposedHeaders: ['x-b']",
        'maxAge: 600',
        'optionsSuccessStatus: 200',
      ],
      [],
      [],
    ],
    [
      "{ origin: [], maxAge: '600', headers: ['x-a'] }",
      ['origin: []', "allowedHeaders: ['x-a']", 'maxAge: 600'],
      [],
      ['maxAge'],
    ],
    ['{ origin: [], maxAge: 100000 }', ['origin: []', 'maxAge: 100000'], ['maxAge'], []],
    ['{ origin: [], preflightContinue: true, colour: 7 }', ['origin: []'], [], ['preflightContinue', 'colour']],
    [
      "{ origin: process.env.CORS_ORIGINS?.split(',') }",
      ["origin: process.env.CORS_ORIGINS?.split(',')"],
      ['origin'],
      [],
    ],
    ['{ ...shared, origin: [] }', ['...shared', 'origin: []'], ['...shared'], []],
    ['(request, callback) => callback(null, {})', ['origin: []'], ['options'], []],
  ])('prints what enableCors(%s) means on Express', async (options, fields, decided, changed) => {
    const result = await onExpress(options);
    expect(result.forRoot).toBe(`CorsModule.forRoot({\n${fields.map((field) => `  ${field},\n`).join('')}})`);
    expect(decisions(result)).toEqual(decided);
    const everywhere = new Set(['methods', 'allowedHeaders', 'preflights']);
    expect(changes(result).filter((option) => !everywhere.has(option))).toEqual(changed);
    expect(changes(result)).toContain('preflights');
  });

  it('allows no more methods than @fastify/cors does, whose default is another one', async () => {
    const result = await onFastify(
      "{ origin: ['https://app.example.com', '*'], strictPreflight: false, hook: 'preHandler' }",
    );
    expect(result.call.adapter).toBe('fastify');
    expect(result.forRoot).toBe("CorsModule.forRoot({\n  origin: '*',\n  methods: ['GET', 'HEAD', 'POST'],\n})");
    expect(changes(result)).toEqual(expect.arrayContaining(['methods', 'strictPreflight', 'hook']));
    const express = await onExpress("{ origin: ['https://app.example.com', '*'] }");
    expect(decisions(express)).toEqual(['origin[1]']);
  });

  it('reads constants of the file, and copies what has more than one declaration', async () => {
    const constants = "const origins = ['https://a.example', LOCAL] as const;\nconst LOCAL = 'http://localhost:4200';";
    const result = await onExpress('{ origin: [...origins, LOCAL] }', constants);
    expect(result.forRoot).toContain('origin: [...origins, LOCAL],');
    expect((await onExpress('{ origin: origins }', constants)).forRoot).toContain(
      "origin: ['https://a.example', 'http://localhost:4200'],",
    );
    const options = `${constants}\nconst options: CorsOptions = { origin: origins, credentials: true };`;
    expect((await onExpress('options', options)).forRoot).toContain('credentials: true,');
    const shadowed = await onExpress('{ origin: origins }', `${constants}\nfunction other(origins: string[]) {}`);
    expect([shadowed.forRoot, decisions(shadowed)]).toEqual([
      'CorsModule.forRoot({\n  origin: origins,\n})',
      ['origin'],
    ]);
    const itself = await onExpress('{ origin: loop }', 'const loop = [loop];');
    expect(decisions(itself)).toEqual(['origin']);
  });

  it('copies options that it can not read', async () => {
    const result = await onExpress('corsOptions', "import { corsOptions } from './cors-options';");
    expect([result.forRoot, decisions(result)]).toEqual(['CorsModule.forRoot(corsOptions)', ['options']]);
  });

  it.each([
    [
      '{ origin: (origin, callback) => callback(null, origin === ALLOWED) }',
      '(origin, callback) => callback(null, origin === ALLOWED);',
    ],
    [
      '{ origin(origin, callback) { callback(null, true); } }',
      'function (origin, callback) { callback(null, true); };',
    ],
    [
      '{ origin: function (origin, callback) { callback(null, true); } }',
      'function (origin, callback) { callback(null, true); };',
    ],
  ])('turns the callback of %s into a promise', async (options, copied) => {
    const result = await onExpress(options);
    expect(result.forRoot).toContain('origin: (origin) =>\n      new Promise<boolean>'.replace('\n      ', '\n    '));
    expect(result.forRoot).toContain(copied);
    expect(changes(result)).toContain('origin');
    expect(decisions(result)).toEqual([]);
  });

  it('finds the cors option of NestFactory.create(), wherever it stands, and no cors: false', async () => {
    write(
      'found/src/main.ts',
      "await NestFactory.create(AppModule, new ExpressAdapter(), { cors: { origin: ['https://a.example'] } });",
    );
    write('found/src/other/main.ts', 'const options = { cors: true };\nawait NestFactory.create(AppModule, options);');
    write(
      'found/src/none.ts',
      'await NestFactory.create(AppModule, { cors: false });\nawait Other.create(A, { cors: true });',
    );
    write('found/src/main.spec.ts', 'app.enableCors();');
    write('found/src/node_modules/x/main.ts', 'app.enableCors();');
    write('found/src/text.ts', "// app.enableCors()\nconst text = 'enableCors()';");
    const { out } = await command('found', '--json');
    expect(
      (JSON.parse(out) as Migrated[]).map(({ file, call, forRoot }) => [file, call.kind, call.line, forRoot]),
    ).toEqual([
      ['found/src/main.ts', 'NestFactory.create()', 1, "CorsModule.forRoot({\n  origin: ['https://a.example'],\n})"],
      ['found/src/other/main.ts', 'NestFactory.create()', 1, "CorsModule.forRoot({\n  origin: '*',\n})"],
    ]);
  });

  it('prints where the call is, what to write, what to decide and what changes', async () => {
    write('text/main.ts', 'app.enableCors({ origin: true, credentials: true });');
    const { code, out } = await command('text');
    expect(code).toBe(0);
    expect(out).toMatch(/^text\/main\.ts:1:1 enableCors\(\), which is `cors` on Express\n\nRemove it, and add this/);
    expect(out).toContain(
      '\n  CorsModule.forRoot({\n    origin: [],\n    credentials: true,\n  })\n\nWhat you decide\n  origin: ',
    );
    expect(out).toContain('\n\nWhat changes\n');
    expect((await command('text', '--strict')).code).toBe(1);
  });

  it('reads src where no folder is named, or what nest-cli.json names', async () => {
    write('src/main.ts', 'app.enableCors();');
    expect((await command()).out).toMatch(/^src\/main\.ts:1:1 /);
    write('nest-cli.json', '{ "sourceRoot": "text" }');
    expect((await command()).out).toMatch(/^text\/main\.ts:1:1 /);
    rmSync(join(folder, 'nest-cli.json'));
  });

  it('says so where there is nothing', async () => {
    write('empty/a.ts', 'export {};');
    expect(await command('empty', '--strict')).toEqual({
      code: 0,
      out: 'No enableCors() and no `cors` option in 1 files of empty: there is nothing to migrate.\n',
      err: '',
    });
  });

  it.each([
    [['nowhere'], /^There is no nowhere in /],
    [['src', 'more'], 'migrate takes one file or folder: nestjs-cors migrate src\n'],
    [['--module', 'x.js'], /^migrate has no option --module\./],
  ])('answers %j with a sentence and exit code 2', async (argv, message) => {
    const { code, err } = await command(...argv);
    expect(code).toBe(2);
    expect(err).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});
