import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RESOLUTIONS } from './combinations.js';

const ALLOWED = 'https://app.example.com';
const OTHER = 'https://other.example';

/** How long an application may take to boot, in milliseconds. */
const BOOT_TIMEOUT = 60_000;

/** Names from each subpath of the package, as an application imports them. */
const ENTRY_POINTS = `
import type { CorsPolicyOptions, OriginLookup } from 'nestjs-cors';
import { IsCorsOrigin } from 'nestjs-cors/class-validator';
import type { CorsDevtoolsOptions } from 'nestjs-cors/devtools';
import { CORS_DECISION_CHANNEL, type CorsDecisionEvent } from 'nestjs-cors/diagnostics';
import { PostgresOriginLookup, type PgPool } from 'nestjs-cors/postgres';
import { RedisOriginList, type RedisClient } from 'nestjs-cors/redis';
import { browserFrom, type TestBrowser } from 'nestjs-cors/testing';
import { corsOriginSchema, TypeOrmOriginLookup, type TypeOrmOriginsOptions } from 'nestjs-cors/typeorm';

export const policy: CorsPolicyOptions = { origin: ['${ALLOWED}'], maxAge: 600 };
export const channel: string = CORS_DECISION_CHANNEL;
export const devtools: CorsDevtoolsOptions = {};
export const schema: object = corsOriginSchema({ type: 'postgres' });
export const open: typeof browserFrom = browserFrom;
export type Listened = CorsDecisionEvent | TestBrowser;

export class NewOrigin {
  @IsCorsOrigin()
  origin = '${ALLOWED}';
}

export function lookups(
  pool: PgPool,
  client: RedisClient,
  options: TypeOrmOriginsOptions,
): [OriginLookup, RedisOriginList, OriginLookup] {
  return [new PostgresOriginLookup({ client: pool }), new RedisOriginList({ client }), new TypeOrmOriginLookup(options)];
}
`;

/** An application as a template makes it, in a folder of its own, that imports the packed library. */
export class Application {
  #folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-template-'));
  #root = join(this.#folder, 'application');
  #packages;

  /** @param packages folder whose `node_modules` the application has */
  constructor(packages, { collection, type }) {
    this.#packages = join(packages, 'node_modules');
    symlinkSync(this.#packages, join(this.#folder, 'node_modules'));
    this.#run(this.#folder, '@angular-devkit/schematics-cli/bin/schematics.js', [
      `${collection}:application`,
      '--name=application',
      '--directory=application',
      '--strict',
      '--no-interactive',
      ...(type === undefined ? [] : [`--type=${type}`]),
    ]);
    // The Nest CLI asks webpack to leave out what is in `node_modules` of the application.
    symlinkSync(this.#packages, join(this.#root, 'node_modules'));
    this.#importLibrary();
  }

  /** @throws Error with what TypeScript found in the application and in all declarations that it imports */
  typeCheck(resolution) {
    const compilerOptions = {
      ...RESOLUTIONS[resolution],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      incremental: false,
      ...(resolution === 'node10' && this.#typescript() >= 6 && { ignoreDeprecations: '6.0' }),
    };
    const name = `tsconfig.${resolution}.json`;
    writeFileSync(join(this.#root, name), JSON.stringify({ extends: './tsconfig.build.json', compilerOptions }));
    this.#run(this.#root, 'typescript/bin/tsc', ['-p', name]);
  }

  /** @throws Error with the output of `nest build` */
  build(builder) {
    this.#run(this.#root, '@nestjs/cli/bin/nest.js', ['build', '--builder', builder]);
  }

  /** @throws Error where the built application does not boot, or answers a preflight otherwise than its policy says */
  async answerPreflights() {
    const port = await freePort();
    const output = [];
    const child = spawn(process.execPath, ['dist/main.js'], {
      cwd: this.#root,
      env: { ...process.env, PORT: String(port), NODE_ENV: 'test' },
    });
    const exited = once(child, 'exit');
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => output.push(data));
    }
    try {
      const url = `http://localhost:${port}/`;
      const granted = await answered(() => preflight(url, ALLOWED), child);
      const refused = await preflight(url, OTHER);
      const answers = [granted, refused].map(
        ({ status, headers }) => `${status} ${headers.get('access-control-allow-origin')}`,
      );
      if (answers.join() !== `204 ${ALLOWED},403 null`) {
        throw new Error(`The preflights were answered with ${answers.join(' and ')}`);
      }
    } catch (error) {
      throw new Error(`${error.message}\n${Buffer.concat(output)}`, { cause: error });
    } finally {
      child.kill();
      await exited;
    }
  }

  remove() {
    rmSync(this.#folder, { recursive: true });
  }

  #importLibrary() {
    const file = join(this.#root, 'src/app.module.ts');
    const source = readFileSync(file, 'utf8');
    const imported = source.replace(
      /imports: \[\s*\]/,
      `imports: [CorsModule.forRoot({ origin: ['${ALLOWED}'] }), CorsDevtoolsModule.forRoot()]`,
    );
    if (imported === source) {
      throw new Error(`The template has no empty imports:\n${source}`);
    }
    const names =
      "import { CorsModule } from 'nestjs-cors';\nimport { CorsDevtoolsModule } from 'nestjs-cors/devtools';\n";
    writeFileSync(file, names + imported);
    writeFileSync(join(this.#root, 'src/entry-points.ts'), ENTRY_POINTS);
  }

  /** The major version of the application's TypeScript. */
  #typescript() {
    const { version } = JSON.parse(readFileSync(join(this.#packages, 'typescript/package.json'), 'utf8'));
    return Number.parseInt(version, 10);
  }

  /** Runs a program of the application's packages, as its npm scripts would. */
  #run(folder, program, options) {
    const commandLine = [join(this.#packages, program), ...options];
    const { status, stdout, stderr } = spawnSync(process.execPath, commandLine, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(`${program} ${options.join(' ')}\n${stdout}${stderr}`);
    }
  }
}

function preflight(url, origin) {
  return fetch(url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
}

/** Asks until there is an answer, as long as the process runs. */
async function answered(ask, child) {
  const deadline = Date.now() + BOOT_TIMEOUT;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`The application does not listen (exit code: ${child.exitCode})`, { cause: error });
      }
      await sleep(100);
    }
  }
}

async function freePort() {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
