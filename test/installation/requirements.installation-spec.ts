import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const lane = import.meta.dirname;

/** What a module prints that is written in this folder. */
function printed(source: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    cwd: lane,
    encoding: 'utf8',
  });
  return stderr === '' ? stdout.trim() : stderr;
}

const messageOf = (call: string) => `try { ${call} } catch (error) { console.log(error.message); }`;

describe('an entry point whose package is too old', () => {
  it.each([
    ['class-validator', 'class-validator 0.14.0', '0.13.2', 'IsCorsOrigin', 'IsCorsOrigin()'],
    ['typeorm', 'typeorm 0.3.0', '0.2.45', 'corsOriginSchema', "corsOriginSchema({ type: 'postgres' })"],
  ])('import: says what it needs and what it found, and where: %s', (name, needed, found, imported, call) => {
    expect(printed(`import { ${imported} } from 'nestjs-cors/${name}'; ${messageOf(call)}`)).toBe(
      `nestjs-cors/${name} needs ${needed} or later; got ${found} in ${join(lane, 'node_modules', name)}. ` +
        `Run: npm install ${name}@latest`,
    );
  });

  it.each([
    ['ioredis', '5.0.0', '4.31.0', "import Redis from 'ioredis'; const client = new Redis({ lazyConnect: true });"],
    [
      'redis',
      '4.0.0',
      '3.1.2',
      "import { createClient } from 'redis'; const client = createClient({ port: 1 }); client.on('error', () => {}); setImmediate(() => client.end(true));",
    ],
  ])(
    'client of another driver: says which one, which version it needs and where the other one is: %s',
    (name, needed, found, client) => {
      const source = `import { RedisOriginLookup } from 'nestjs-cors/redis'; ${client} ${messageOf('new RedisOriginLookup({ client })')}`;
      expect(printed(source)).toBe(
        `\`client\` must be of ${name} ${needed} or later; got one of ${found} in ${join(lane, 'node_modules', name)}. ` +
          `Run: npm install ${name}@latest`,
      );
    },
  );
});

describe('an application that runs on another copy of @nestjs/core than the library imports', () => {
  it.each([
    ['forRoot()', "CorsModule.forRoot({ origin: 'https://app.example.com' })"],
    ['forFeature()', 'CorsModule.forFeature({ policies: {} })'],
    ['devtools', "CorsDevtoolsModule.forRoot(), CorsModule.forRoot({ origin: 'https://app.example.com' })"],
  ])('boot: fails, and says that there are two copies, and where: %s', (_name, imports) => {
    const message = printed(`
      import 'reflect-metadata';
      import { Module } from '@nestjs/common';
      import { CorsModule } from 'nestjs-cors';
      import { CorsDevtoolsModule } from 'nestjs-cors/devtools';
      import { NestFactory } from 'with-nest-11';
      class Application {}
      Module({ imports: [${imports}] })(Application);
      try {
        await (await NestFactory.create(Application, { abortOnError: false, logger: false })).init();
      } catch (error) {
        console.log(error.message);
      }
      typeof CorsDevtoolsModule;
    `);
    const [mine, theirs] = ['node_modules', 'with-nest-11/node_modules'].map((folder) =>
      join(lane, folder, '@nestjs/core'),
    );
    expect(message).toMatch(/^There must be one copy of @nestjs\/core; got two: /);
    expect(message).toContain(
      `the application runs on 11.2.10 in ${theirs}, and nestjs-cors imports 12.5.1 in ${mine}. `,
    );
  });
});
