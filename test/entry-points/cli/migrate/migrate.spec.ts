import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../../lib/entry-points/cli/run.js';

const REPOSITORY = resolve(import.meta.dirname, '../../../..');

interface Migrated {
  readonly file: string;
  readonly call: { kind: string; package: string; line: number; column: number };
  readonly code: string;
  readonly target: string;
  readonly controllers: readonly string[];
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
/** An `origin` that is read when the application is created. */
const readLater = (origin: string): string =>
  `CorsModule.forRootAsync({\n  useFactory: () => ({\n    origin: ${origin.replaceAll('\n', '\n  ')},\n  }),\n})`;
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
    [
      '{ origin: true, credentials: shared }',
      ['origin: []', 'credentials: shared'],
      ['origin', 'credentials', 'names'],
      [],
    ],
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
    ['{ ...shared, origin: [] }', ['...shared', 'origin: []'], ['...shared', 'names'], []],
    ['(request, callback) => callback(null, {})', ['origin: []'], ['options'], []],
  ])('enableCors(%s) on Express: prints what it means', async (options, fields, decided, changed) => {
    const result = await onExpress(options);
    expect(result.code).toBe(`CorsModule.forRoot({\n${fields.map((field) => `  ${field},\n`).join('')}})`);
    expect(decisions(result)).toEqual(decided);
    const everywhere = new Set(['methods', 'allowedHeaders', 'preflights']);
    expect(changes(result).filter((option) => !everywhere.has(option))).toEqual(changed);
    expect(changes(result)).toContain('preflights');
  });

  it('@fastify/cors, whose default of methods is another one: allows no more methods', async () => {
    const result = await onFastify(
      "{ origin: ['https://app.example.com', '*'], strictPreflight: false, hook: 'preHandler' }",
    );
    expect(result.call.package).toBe('@fastify/cors');
    expect(result.code).toBe("CorsModule.forRoot({\n  origin: '*',\n  methods: ['GET', 'HEAD', 'POST'],\n})");
    expect(changes(result)).toEqual(expect.arrayContaining(['methods', 'strictPreflight', 'hook']));
    const express = await onExpress("{ origin: ['https://app.example.com', '*'] }");
    expect(decisions(express)).toEqual(['origin[1]']);
  });

  it('constants of the file: are read, and those with several declarations are copied', async () => {
    const constants = "const origins = ['https://a.example', LOCAL] as const;\nconst LOCAL = 'http://localhost:4200';";
    const result = await onExpress('{ origin: [...origins, LOCAL] }', constants);
    expect(result.code).toContain(
      "origin: [...['https://a.example', 'http://localhost:4200'], 'http://localhost:4200'],",
    );
    expect((await onExpress('{ origin: origins }', constants)).code).toContain(
      "origin: ['https://a.example', 'http://localhost:4200'],",
    );
    const options = `${constants}\nconst options: CorsOptions = { origin: origins, credentials: true };`;
    expect((await onExpress('options', options)).code).toContain('credentials: true,');
    const shadowed = await onExpress('{ origin: origins }', `${constants}\nfunction other(origins: string[]) {}`);
    expect([shadowed.code, decisions(shadowed)]).toEqual([
      'CorsModule.forRoot({\n  origin: origins,\n})',
      ['origin', 'names'],
    ]);
    const itself = await onExpress('{ origin: loop }', 'const loop = [loop];');
    expect(decisions(itself)).toEqual(['origin', 'names']);
  });

  it('options that it cannot read: are copied', async () => {
    const result = await onExpress('corsOptions', "import { corsOptions } from './cors-options';");
    expect([result.code, decisions(result)]).toEqual(['CorsModule.forRoot(corsOptions)', ['options', 'names']]);
  });

  it.each([
    [
      "{ origin: (origin, callback) => callback(null, origin === 'https://a.example') }",
      "(origin, callback) => callback(null, origin === 'https://a.example');",
    ],
    [
      '{ origin(origin, callback) { callback(null, true); } }',
      'function (origin, callback) { callback(null, true); };',
    ],
    [
      '{ origin: function (origin, callback) { callback(null, true); } }',
      'function (origin, callback) { callback(null, true); };',
    ],
  ])('callback of %s: becomes a promise', async (options, copied) => {
    const result = await onExpress(options);
    expect(result.code).toContain('origin: (origin) =>\n      new Promise<boolean>'.replace('\n      ', '\n    '));
    expect(result.code).toContain(copied);
    expect(changes(result)).toContain('origin');
    expect(decisions(result)).toEqual([]);
  });

  const CORS = "import cors from 'cors';";
  const configured = (chain: string, before = CORS): Promise<Migrated> =>
    migrated(`${before}\nexport class AppModule { configure(consumer: MiddlewareConsumer) { consumer.${chain}; } }`);

  it.each<[chain: string, target: string, controllers: string[], decided: string[]]>([
    ["apply(cors()).forRoutes('*')", 'module', [], []],
    ["apply(cors()).forRoutes('{*splat}')", 'module', [], []],
    ["apply(helmet(), cors()).forRoutes('/')", 'module', [], []],
    ["apply(cors()).exclude('health').forRoutes('*')", 'routes', [], ['routes']],
    ['apply(cors()).forRoutes(OrdersController)', 'routes', ['OrdersController'], []],
    [
      'apply(cors()).forRoutes(OrdersController, ItemsController)',
      'routes',
      ['OrdersController', 'ItemsController'],
      [],
    ],
    ['apply(cors()).exclude(skipped).forRoutes(OrdersController)', 'routes', [], ['routes']],
    ["apply(cors()).forRoutes({ path: 'orders', method: RequestMethod.GET })", 'routes', [], ['routes']],
    ['apply(cors())', 'routes', [], ['routes']],
    ['apply(cors()).forRoutes', 'routes', [], ['routes']],
  ])('consumer.%s: says where to write what it meant', async (chain, target, controllers, decided) => {
    const result = await configured(chain);
    expect([result.call.kind, result.target, result.controllers, decisions(result)]).toEqual([
      'consumer.apply(cors())',
      target,
      controllers,
      decided,
    ]);
    const start = target === 'module' ? 'CorsModule.forRoot({' : '@CorsPolicy({';
    expect(result.code).toBe(`${start}\n  origin: '*',\n  credentials: false,\n})`);
  });

  it.each<[statement: string, target: string, decided: string[]]>([
    ["app.use('/api', cors({ origin: ['https://a.example'] }));", 'routes', ['routes']],
    ["app.use('/', cors({ origin: ['https://a.example'] }));", 'module', []],
    ["app.getHttpAdapter().get('/status', cors({ origin: ['https://a.example'] }), status);", 'routes', ['routes']],
  ])('%s: says where to write what it meant', async (statement, target, decided) => {
    const result = await migrated(`${CORS}\n${statement}`);
    expect([result.target, decisions(result)]).toEqual([target, decided]);
    expect(result.code).toContain("origin: ['https://a.example'],");
  });

  it.each([
    "import * as cors from 'cors';\napp.use(cors());",
    "import cors = require('cors');\napp.use(cors());",
    "const cors = require('cors');\napp.use(cors());",
    "app.use(require('cors')());",
    "import { default as allowCors } from 'cors';\napp.use(allowCors());",
    "const { default: cors } = await import('cors');\nimport other from 'cors';\napp.use(other());",
  ])('package cors: is known by its import: %s', async (source) => {
    expect((await migrated(source)).call).toMatchObject({ kind: 'app.use(cors())', package: 'cors' });
  });

  it.each([
    "import fastifyCors from '@fastify/cors';\nawait app.register(fastifyCors);",
    "import { fastifyCors } from '@fastify/cors';\nawait app.register(fastifyCors);",
    "import * as plugin from 'fastify-cors';\nawait app.register(plugin.default as any);",
    "await app.register((await import('@fastify/cors')).default);",
    "await app.register(import('@fastify/cors'));",
  ])('plugin: is known by its import: %s', async (source) => {
    const { call, code } = await migrated(source);
    expect(call).toMatchObject({ kind: 'app.register(cors)', package: '@fastify/cors' });
    expect(code).toContain("methods: ['GET', 'HEAD', 'POST'],");
  });

  it('other functions of these names: are not taken for the packages', async () => {
    write(
      'other/main.ts',
      "import { cors } from './cors';\nimport { parse } from 'cors';\nimport './cors.css';\napp.use(cors(), parse(), load('cors')());\napp.register(other);\napp.register();",
    );
    expect((await command('other')).out).toMatch(/^No enableCors\(\), /);
  });

  it.each([
    ['if (isOn()) app.enableCors();', 'isOn()'],
    ['if (a === b) { app.enableCors(); } else { stop(); }', 'a === b'],
    ['if (a === b) { stop(); } else app.enableCors();', '!(a === b)'],
    ['isOn && app.enableCors();', 'isOn'],
    ['isOff || app.enableCors();', '!isOff'],
    ['isOn ? app.enableCors() : stop();', 'isOn'],
    ['if (a) { if (b === c) { app.enableCors(); } }', 'a && (b === c)'],
  ])('call under a condition: allows no origin where it does not hold: %s', async (statement, condition) => {
    const { code, notes } = await migrated(`function start(isOn, isOff, a, b, c) { ${statement} }`);
    expect(code).toBe(
      `CorsModule.forRoot(\n  ${condition}\n    ? {\n        origin: '*',\n      }\n    : { origin: false },\n)`,
    );
    expect(notes.map(({ message }) => message).join('\n')).toContain(`Where \`${condition}\` does not hold, `);
  });

  it('both branches of an if, within another condition: become one forRoot()', async () => {
    const { code, call, notes } = await migrated(
      'function start(a, b) { if (a) { if (!b) app.enableCors({ origin: [] }); else app.enableCors(); } }',
    );
    expect([call.column, notes.filter(({ option }) => option === 'condition')]).toHaveLength(2);
    expect(code).toBe(
      [
        'CorsModule.forRoot(',
        '  a',
        '    ? !b',
        '        ? {',
        '            origin: [],',
        '          }',
        '        : {',
        "            origin: '*',",
        '          }',
        '    : { origin: false },',
        ')',
      ].join('\n'),
    );
  });

  it('calls that are no branches of one if: stay apart', async () => {
    write(
      'apart/main.ts',
      'function start(a, b) { if (a) app.enableCors(); if (b) app.enableCors(); if (a) app.enableCors(); if (a) { if (b) app.enableCors(); } else { app.enableCors(); } }',
    );
    const { out } = await command('apart', '--json');
    expect((JSON.parse(out) as Migrated[]).map(({ code }) => (code.match(/\?/g) ?? []).length)).toEqual([1, 1, 1, 1]);
  });

  it.each([
    ['switch (mode) { case 1: app.enableCors(); }', 'a `switch`'],
    ['try { start(); } catch { app.enableCors(); }', 'a `catch`'],
    ['for (const app of apps) { app.enableCors(); }', 'a loop'],
  ])('call in %s: says that it cannot tell when it runs', async (statement, place) => {
    const { code, notes } = await migrated(statement);
    expect(code).toBe("CorsModule.forRoot({\n  origin: '*',\n})");
    expect(notes).toContainEqual({
      level: 'decide',
      option: 'condition',
      message: `The call stands in ${place}: it can't be told when it runs. forRoot() holds always.`,
    });
  });

  it.each([
    ['a delegate', 'async (request, callback) => callback(null, {})', ''],
    ['a delegate of its own', 'delegate', 'function delegate(request, callback) { callback(null, {}); }'],
  ])('%s: has no counterpart, and it says what to write', async (_, options, before) => {
    for (const source of [
      `${CORS}\n${before}\napp.use(cors(${options}));`,
      `${before}\nawait app.register(require('@fastify/cors'), ${options});`,
    ]) {
      const result = await migrated(source);
      expect([result.code, decisions(result)]).toEqual(['CorsModule.forRoot({\n  origin: [],\n})', ['options']]);
      expect(result.notes[0]?.message).toMatch(/^A function from a request to options has no counterpart: write /);
    }
  });

  it('constant whose contents change: is not written out', async () => {
    for (const change of ["list.push('https://b.example')", "list[0] = 'https://b.example'", 'list.length = 0']) {
      const result = await onExpress('{ origin: list }', `const list = ['https://a.example'];\n${change};`);
      expect([result.code, decisions(result)]).toEqual([
        'CorsModule.forRoot({\n  origin: list,\n})',
        ['origin', 'names'],
      ]);
    }
  });

  it('value from app.get(): is injected, under the name of the file or of the class', async () => {
    const statement = "app.enableCors({ origin: app.get(ConfigService).getOrThrow('ORIGINS').split(/\\s*,\\s*/) });";
    const app = 'const app = await NestFactory.create(AppModule);';
    const { code, notes } = await migrated(`${app}\n${statement}`);
    expect(code).toBe(
      [
        'CorsModule.forRootAsync({',
        '  inject: [ConfigService],',
        '  useFactory: (configService: ConfigService) => ({',
        "    origin: readOrigins(configService.getOrThrow('ORIGINS'), 'ORIGINS'),",
        '  }),',
        '})',
      ].join('\n'),
    );
    expect(notes).toContainEqual(expect.objectContaining({ level: 'change', option: 'inject' }));
    const conditional = await migrated(
      `${app}\nconst config = app.get(ConfigService);\nif (config.get('CORS')) app.enableCors();`,
    );
    expect(conditional.code).toContain(
      "  useFactory: (config: ConfigService) => (\n    config.get('CORS')\n      ? {\n          origin: '*',\n        }\n      : { origin: false }\n  ),\n",
    );
    const decorated = await migrated(
      `${CORS}\n${app}\nconst config = app.get(ConfigService);\napp.use('/api', cors({ origin: config.get('ORIGINS') }));`,
    );
    expect(decisions(decorated)).toEqual(['routes', 'inject']);
  });

  it.each([
    [
      "process.env.A || 'https://a.example'",
      "process.env.A\n    ? readOrigins(process.env.A, 'A')\n    : 'https://a.example'",
    ],
    [
      "process.env.A ?? 'https://a.example'",
      "process.env.A !== undefined\n    ? readOrigins(process.env.A, 'A')\n    : 'https://a.example'",
    ],
    ["process.env['A']", "readOrigins(process.env['A'], 'A')"],
    ["process.env.A?.split(' ').filter((o) => o.length > 0)", "readOrigins(process.env.A, 'A')"],
    [
      "[...(process.env.A?.split(',') ?? []), 'https://a.example']",
      "[\n    ...readOrigins(process.env.A, 'A'),\n    'https://a.example',\n  ]",
    ],
    [
      "['https://a.example', ...process.env.A!.split(',')]",
      "[\n    'https://a.example',\n    ...readOrigins(process.env.A, 'A'),\n  ]",
    ],
  ])('origins of the environment: are read: %s', async (origin, text) => {
    const result = await onExpress(`{ origin: ${origin} }`);
    expect([result.code, decisions(result)]).toEqual([readLater(text), []]);
    expect(changes(result)).toContain('environment');
  });

  it.each([
    "process.env.A?.split(',') ?? []",
    "process.env.A?.split(',') || []",
    'process.env.A ?? []',
    "process.env.A ? process.env.A.split(',') : []",
    "process.env.A !== undefined ? process.env.A.split(',') : []",
    "process.env.A != null ? process.env.A.split(',') : []",
    "process.env.A !== '' ? process.env.A.split(',') : []",
    "(process.env.A ?? '').split(',')",
  ])('default that an unset variable gives anyway: is left out: %s', async (origin) => {
    const result = await onExpress(`{ origin: ${origin} }`);
    expect([result.code, decisions(result)]).toEqual([readLater("readOrigins(process.env.A, 'A')"), []]);
  });

  it.each([
    ["process.env.A ? process.env.A.split(',') : ['https://a.example']", "['https://a.example']"],
    ["process.env.B ? process.env.A.split(',') : []", '[]'],
    ["process.env.A !== 'off' ? process.env.A.split(',') : []", '[]'],
    ["process.env.A !== known ? process.env.A.split(',') : []", '[]'],
    ["process.env.A === undefined ? process.env.A.split(',') : []", '[]'],
    ["process.env.A?.split(',') ?? false", 'false'],
  ])('condition that means something else: stays: %s', async (origin, otherwise) => {
    const { code } = await onExpress(`{ origin: ${origin} }`);
    expect(code).toContain(`\n      ? readOrigins(process.env.A, 'A')\n      : ${otherwise},\n`);
  });

  it.each([
    ["if (process.env.NODE_ENV !== 'production') app.enableCors();", "process.env.NODE_ENV !== 'production'"],
    ["app.enableCors({ origin: ['https://a.example'], maxAge: Number(process.env.AGE) });", 'Number(process.env.AGE)'],
    ["app.enableCors({ origin: import.meta.env.ORIGINS.split(';') });", 'import.meta.env.ORIGINS'],
    ["const { env } = process;\napp.enableCors({ origin: env.ORIGINS.split(';') });", 'env.ORIGINS'],
  ])('environment: is read in a factory, as late as in main.ts: %s', async (call, text) => {
    const { code, notes } = await migrated(call);
    expect(code).toMatch(/^CorsModule\.forRootAsync\(\{\n {2}useFactory: \(\) => \(/);
    expect(code).toContain(text);
    expect(notes).toContainEqual({
      level: 'change',
      option: 'environment',
      message: expect.stringContaining('before ConfigModule or dotenv has loaded a `.env` file.'),
    });
  });

  it('environment only named in strings: prints forRoot()', async () => {
    const { code, notes } = await onExpress("{ origin: ['https://env.example.com'], exposedHeaders: ['process.env'] }");
    expect(code).toMatch(/^CorsModule\.forRoot\(/);
    expect(notes.map(({ option }) => option)).not.toContain('environment');
  });

  it('decorator that would read the environment: leaves the decision to the reader', async () => {
    const result = await migrated(
      `${CORS}\nconsumer.apply(cors({ origin: process.env.A?.split(',') })).forRoutes(OrdersController);`,
    );
    expect(decisions(result)).toEqual(['environment']);
  });

  it.each([
    "process.env.A?.split('|').map((o) => o.toLowerCase())",
    "process.env.A?.split(';')",
    "process.env.A + 'x'",
    'process.env[key]',
    'load().split()',
    '[`https://${process.env.HOST}`]',
    "[...(known ?? ['https://a.example'])]",
    'known.filter(Boolean)',
  ])('expression that does more: is copied: %s', async (origin) => {
    const result = await onExpress(`{ origin: ${origin} }`);
    const printed = origin.includes('process.env')
      ? readLater(origin)
      : `CorsModule.forRoot({\n  origin: ${origin},\n})`;
    expect([result.code, decisions(result)[0]]).toEqual([printed, 'origin']);
  });

  it.each([
    ["config.get('A')", "config.get('A')"],
    [
      "config.get('A') ?? ['https://a.example']",
      "config.get('A') !== undefined\n    ? config.get('A')\n    : ['https://a.example']",
    ],
    ["config.get('A') || 'https://a.example'", "config.get('A')\n    ? config.get('A')\n    : 'https://a.example'"],
  ])('value of a configuration service, which may be a list: is taken as it is: %s', async (origin, text) => {
    const app = 'const app = await NestFactory.create(AppModule);\nconst config = app.get(ConfigService);';
    const result = await migrated(`${app}\napp.enableCors({ origin: ${origin} });`);
    expect(result.code).toContain(`    origin: ${text.replaceAll('\n', '\n  ')},\n`);
    expect([decisions(result), changes(result)[0]]).toEqual([[], 'origin']);
  });

  it('`this`: says that the copied code names it', async () => {
    const result = await onExpress('{ origin: this.settings.origins }');
    expect(result.notes).toContainEqual({
      level: 'decide',
      option: 'names',
      message: 'Import or declare this, which the copied text names.',
    });
  });

  it('several places of a file that mean the same: are printed once', async () => {
    write(
      'same/main.ts',
      `${CORS}\nconst options = { origin: ['https://a.example'], preflightContinue: false };\napp.use(cors(options));\napp.options('*', cors(options));`,
    );
    const [first, ...more] = JSON.parse((await command('same', '--json')).out) as Migrated[];
    expect(more).toEqual([]);
    expect(changes(first as Migrated)).not.toContain('preflightContinue');
    expect(first?.notes.at(-1)?.message).toBe('Remove line 4, too: it means the same.');
  });

  it('function of several lines: is moved to the left', async () => {
    const check = '(origin, callback) => {\n          callback(null, true);\n\n        }';
    const { code } = await onExpress(`{\n        origin: ${check} }`);
    const lines = code.split('\n');
    const start = lines.findIndex((line) => line.trimStart().startsWith('(origin, callback) => {'));
    const depths = [start, start + 1, start + 3].map((index) => lines[index]?.search(/\S/) ?? -1);
    expect(depths).toEqual([8, 10, 8]);
  });

  it('names of parameters, properties and inner variables: are copied as they are', async () => {
    const check =
      '(origin, callback) => { const known = { origin: LIMIT }; const { limit } = { limit: 1 as Limit.Of }; callback(null, known.origin === limit && { LIMIT }.LIMIT === 1); }';
    const { code } = await onExpress(`{ origin: ${check} }`, 'const LIMIT = 1;\nconst origin = 2;');
    expect(code).toContain(check.replaceAll('{ LIMIT }', '{ LIMIT: 1 }').replace('origin: LIMIT', 'origin: 1'));
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
    expect((JSON.parse(out) as Migrated[]).map(({ file, call, code }) => [file, call.kind, call.line, code])).toEqual([
      ['found/src/main.ts', 'NestFactory.create()', 1, "CorsModule.forRoot({\n  origin: ['https://a.example'],\n})"],
      ['found/src/other/main.ts', 'NestFactory.create()', 1, "CorsModule.forRoot({\n  origin: '*',\n})"],
    ]);
  });

  it('output: says where the call is, what to write, what to decide and what changes', async () => {
    write('text/main.ts', 'app.enableCors({ origin: true, credentials: true });');
    const { code, out } = await command('text');
    expect(code).toBe(0);
    expect(out).toMatch(/^text\/main\.ts:1:1 enableCors\(\), which is `cors` on Express\n\nRemove it, and add this/);
    expect(out).toContain(
      "\n  import { CorsModule } from 'nestjs-cors';\n\n  CorsModule.forRoot({\n    origin: [],\n    credentials: true,\n  })\n\nWhat you decide\n  origin: ",
    );
    expect(out).toContain('\n\nWhat changes\n');
    expect((await command('text', '--strict')).code).toBe(1);
  });

  it('several places: says that an application has one forRoot(), and what to import', async () => {
    write('several/main.ts', "app.enableCors({ origin: process.env.A?.split(',') });");
    write('several/other.ts', 'app.enableCors();');
    const { out } = await command('several');
    expect(out).toContain("\n  import { CorsModule, readOrigins } from 'nestjs-cors';\n");
    expect(out).toMatch(/\n2 places turn on CORS for every route\. An application has one forRoot\(\): .*\n$/);
    write(
      'above/app.module.ts',
      "import cors from 'cors';\nconsumer.apply(cors()).forRoutes(OrdersController);\nconsumer.apply(cors()).forRoutes('a');",
    );
    const above = (await command('above')).out;
    expect(above).toMatch(/^above\/app\.module\.ts:2:16 consumer\.apply\(cors\(\)\), which is the package `cors`\n/);
    expect(above).toContain('\n\nRemove it, and write this above OrdersController:\n');
    expect(above).toContain('\n\nRemove it, and write this above the controllers or handlers that it is for:\n');
    expect(above).not.toContain('places turn on');
  });

  it('no folder named: reads src, or what nest-cli.json names', async () => {
    write('src/main.ts', 'app.enableCors();');
    expect((await command()).out).toMatch(/^src\/main\.ts:1:1 /);
    write('nest-cli.json', '{ "sourceRoot": "text" }');
    expect((await command()).out).toMatch(/^text\/main\.ts:1:1 /);
    rmSync(join(folder, 'nest-cli.json'));
  });

  it('no call: says so', async () => {
    write('empty/a.ts', 'export {};');
    expect(await command('empty', '--strict')).toEqual({
      code: 0,
      out: 'No enableCors(), no `cors` option, no cors() and no @fastify/cors in 1 files of empty: there is nothing to migrate.\n',
      err: '',
    });
  });

  it.each([
    [['nowhere'], /^There is no nowhere in /],
    [['src', 'more'], 'migrate takes one file or folder: nestjs-cors migrate src\n'],
    [['--module', 'x.js'], /^migrate has no option --module\./],
  ])('arguments %j: prints a sentence, with exit code 2', async (argv, message) => {
    const { code, err } = await command(...argv);
    expect(code).toBe(2);
    expect(err).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});
