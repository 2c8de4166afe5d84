import { mkdtempSync, rmSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type DynamicModule,
  Controller,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  Put,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import * as platformFastify from '@nestjs/platform-fastify';
import typescript from 'typescript';
import * as library from '../../../../lib/index.js';
import { run } from '../../../../lib/entry-points/cli/run.js';
import { type Received, send } from '../../../support/http-client.js';
import { portOf } from '../../../support/listening.js';
import { APPLICATIONS, type WrittenApplication } from './applications.js';

const REPOSITORY = resolve(import.meta.dirname, '../../../..');
const ORIGINS = [
  'https://app.example.com',
  'https://admin.example.com',
  'http://localhost:4200',
  'https://app.example.com.evil.example',
  'null',
];
const require = createRequire(import.meta.url);

@Controller('items')
class ItemsController {
  @Get()
  list(): string[] {
    return [];
  }

  @Put()
  replace(): object {
    return {};
  }
}

/** As that of @nestjs/config: it reads the environment. */
class ConfigService {
  constructor(private readonly environment: Readonly<Record<string, string>>) {}

  get(name: string): string | undefined {
    return this.environment[name];
  }
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-migrated-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(REPOSITORY, 'node_modules/typescript'), join(folder, 'node_modules/typescript'));
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Migrated {
  readonly target: string;
  readonly controllers: readonly string[];
  readonly code: string;
  readonly notes: readonly { level: string; option: string; message: string }[];
}

/** What the command prints for a file with one call. */
async function migrated(main: string): Promise<Migrated> {
  writeFileSync(join(folder, 'main.ts'), main);
  let out = '';
  const terminal = { stdout: { write: (text: string) => (out += text) }, stderr: { write: () => true }, cwd: folder };
  expect(await run(['migrate', 'main.ts', '--json'], terminal)).toBe(0);
  const found = JSON.parse(out) as Migrated[];
  expect(found).toHaveLength(1);
  return found[0]!;
}

function rootModule(environment: Readonly<Record<string, string>>, cors?: DynamicModule): new () => object {
  const config = { provide: ConfigService, useValue: new ConfigService(environment) };
  const configModule: DynamicModule = { module: class {}, global: true, providers: [config], exports: [config] };

  @Module({ imports: [configModule, ...(cors === undefined ? [] : [cors])], controllers: [ItemsController] })
  class AppModule {}
  return AppModule;
}

/** Runs TypeScript as a CommonJS file. */
function execute(text: string, packages: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>>) {
  const compilerOptions = {
    module: typescript.ModuleKind.CommonJS,
    target: typescript.ScriptTarget.ES2022,
    esModuleInterop: true,
  };
  const { outputText } = typescript.transpileModule(text, { compilerOptions });
  const exports: Record<string, unknown> = {};
  const load = (name: string): unknown => packages[name] ?? require(name);
  // oxlint-disable-next-line no-new-func -- What is printed is to be run.
  new Function('require', 'exports', 'process', outputText)(load, exports, { env });
  return exports;
}

/** Runs a main.ts with its own CORS. Its listen() gets a free port. */
function startWritten(main: string, environment: Readonly<Record<string, string>>): Promise<INestApplication> {
  return new Promise((started, failed) => {
    const create = async (...given: unknown[]): Promise<unknown> => {
      const options = given.at(-1) as object;
      const isOptions = given.length > 1 && Object.getPrototypeOf(options) === Object.prototype;
      const all = [...(isOptions ? given.slice(0, -1) : given), { ...(isOptions ? options : {}), logger: false }];
      const app = (await Reflect.apply(NestFactory.create, NestFactory, all)) as INestApplication;
      const listen = async () => {
        await app.init();
        await app.getHttpAdapter().getInstance().ready?.();
        started(app);
      };
      return new Proxy(app, {
        get: (target, name) => {
          const member = Reflect.get(target, name) as unknown;
          return name === 'listen' ? listen : typeof member === 'function' ? member.bind(target) : member;
        },
      });
    };
    const packages = {
      '@nestjs/core': { NestFactory: { create } },
      '@nestjs/platform-fastify': platformFastify,
      '@nestjs/config': { ConfigService },
      './app.module': { AppModule: rootModule(environment) },
    };
    try {
      execute(main, packages, environment);
    } catch (error) {
      failed(error);
    }
  });
}

async function startMigrated(
  { platform }: WrittenApplication,
  code: string,
  environment: Readonly<Record<string, string>>,
): Promise<INestApplication> {
  const packages = { 'nestjs-cors': library, '@nestjs/config': { ConfigService } };
  // As ConfigModule.forRoot() and dotenv do, the variables come after the file is imported.
  const loaded: Record<string, string> = {};
  const { cors } = execute(moduleText(code), packages, loaded) as { cors: DynamicModule };
  Object.assign(loaded, environment);
  const AppModule = rootModule(environment, cors);
  const options = { logger: false as const, abortOnError: false };
  const app =
    platform === 'express'
      ? await NestFactory.create(AppModule, options)
      : await NestFactory.create(AppModule, new platformFastify.FastifyAdapter(), options);
  return app.init();
}

const moduleText = (code: string): string => `
import { CorsModule, CorsPolicy, readOrigins } from 'nestjs-cors';
import { ConfigService } from '@nestjs/config';
export const cors = ${code};
export { CorsPolicy, readOrigins, ConfigService };
`;

/** What browsers make of the answers for each origin, by the Fetch standard, read from the headers alone. */
async function answers(app: INestApplication): Promise<Record<string, object>> {
  await app.listen(0, '127.0.0.1');
  const port = portOf(app);
  const found = await Promise.all(
    ORIGINS.map(async (origin) => {
      const get = await send(port, '/items', { headers: { Origin: origin } });
      const preflight = await send(port, '/items', {
        method: 'OPTIONS',
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'PUT',
          'Access-Control-Request-Headers': 'content-type',
        },
      });
      const isGranted =
        preflight.status >= 200 &&
        preflight.status < 300 &&
        isReadable(origin, preflight) &&
        listed(preflight, 'access-control-allow-methods').includes('put') &&
        listed(preflight, 'access-control-allow-headers').includes('content-type');
      const withCookies = get.headers['access-control-allow-credentials'] === 'true';
      const shown = {
        status: get.status,
        isReadable: isReadable(origin, get),
        isReadableWithCookies: withCookies && get.headers['access-control-allow-origin'] === origin,
        exposed: isReadable(origin, get) ? listed(get, 'access-control-expose-headers') : [],
        mayPut: isGranted,
      };
      return [origin, shown] as const;
    }),
  );
  return Object.fromEntries(found);
}

function isReadable(origin: string, { headers }: Received): boolean {
  const allowed = headers['access-control-allow-origin'];
  return allowed === '*' || allowed === origin;
}

function listed({ headers }: Received, name: string): string[] {
  return String(headers[name] ?? '')
    .split(',')
    .map((each) => each.trim().toLowerCase());
}

describe('nestjs-cors migrate', () => {
  const printed: { readonly title: string; readonly code: string }[] = [];

  it.each(APPLICATIONS.flatMap((written) => written.environments.map((environment) => ({ written, environment }))))(
    'prints what answers the same as: $written.title, on $written.platform, with $environment',
    async ({ written, environment }) => {
      const { target, code, notes } = await migrated(written.main);
      printed.push({ title: written.title, code });
      expect([target, notes.filter(({ level }) => level === 'decide')]).toEqual(['module', []]);
      const before = await startWritten(written.main, environment);
      const after = await startMigrated(written, code, environment);
      try {
        const [expected, actual] = [await answers(before), await answers(after)];
        // An `origin` callback that reports an error makes `cors` answer 500; here, the response is not readable.
        for (const [origin, answer] of Object.entries(expected) as [string, { status: number }][]) {
          expect(answer.status === 500 ? { ...answer, status: 200 } : answer).toEqual(actual[origin]);
        }
      } finally {
        await Promise.all([before.close(), after.close()]);
      }
    },
  );

  it.each([
    ['ItemsController', 404],
    ["'items'", 204],
  ])('forRoutes(%s): knows which preflights Nest leaves to cors()', async (routes, status) => {
    const configure = `
      import cors from 'cors';
      export const apply = (consumer, ItemsController) =>
        consumer.apply(cors({ origin: ['https://app.example.com'] })).forRoutes(${routes});`;
    const { apply } = execute(configure, {}, {}) as { apply: (...given: unknown[]) => void };

    @Module({ controllers: [ItemsController] })
    class AppModule {
      configure(consumer: MiddlewareConsumer): void {
        apply(consumer, ItemsController);
      }
    }
    const before = await NestFactory.create(AppModule, { logger: false });
    const { target, controllers, code } = await migrated(configure);
    expect([target, controllers]).toEqual(['routes', status === 404 ? [routes] : []]);
    const decorator = code.slice(1);
    const { policy } = execute(
      `import { CorsPolicy } from 'nestjs-cors';\nexport const policy = ${decorator};`,
      { 'nestjs-cors': library },
      {},
    ) as { policy: ClassDecorator };

    @policy
    @Controller('items')
    class Governed extends ItemsController {}

    @Module({ imports: [library.CorsModule.forRoot()], controllers: [Governed] })
    class MigratedModule {}
    const after = await NestFactory.create(MigratedModule, { logger: false });
    try {
      const [expected, actual] = [await answers(before), await answers(after)];
      expect(actual).toEqual({
        ...expected,
        // It is granted now, which is what the note says.
        'https://app.example.com': { ...expected['https://app.example.com'], mayPut: true },
      });
      const asked = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'PUT' };
      const preflight = await send(portOf(before), '/items', { method: 'OPTIONS', headers: asked });
      expect(preflight.status).toBe(status);
    } finally {
      await Promise.all([before.close(), after.close()]);
    }
  });

  it('printed code: compiles as strictly as this project', () => {
    expect(printed.length).toBeGreaterThan(0);
    const configuration = typescript.readConfigFile(join(REPOSITORY, 'tsconfig.json'), typescript.sys.readFile);
    const { options } = typescript.parseJsonConfigFileContent(configuration.config, typescript.sys, REPOSITORY);
    const at = (index: number): string => join(import.meta.dirname, `printed-${index}.ts`);
    const files = new Map(printed.map(({ code }, index) => [at(index), withConfigService(code)]));
    const host = typescript.createCompilerHost(options);
    const { readFile, fileExists } = host;
    host.readFile = (file) => files.get(file) ?? readFile.call(host, file);
    host.fileExists = (file) => files.has(file) || fileExists.call(host, file);
    const program = typescript.createProgram([...files.keys()], { ...options, noUnusedLocals: false }, host);
    const problems = [...files.keys()].flatMap((file) => {
      const source = program.getSourceFile(file);
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
        ({ messageText }) => `${files.get(file)}\n${typescript.flattenDiagnosticMessageText(messageText, '\n')}`,
      );
    });
    expect(dirname(at(0))).toBe(import.meta.dirname);
    expect(problems).toEqual([]);
  }, 60_000);
});

function withConfigService(code: string): string {
  return moduleText(code).replace(
    /import \{ ConfigService \}.*/,
    'declare class ConfigService { get<T = any>(name: string): T | undefined; }',
  );
}
