import type { Platform } from '../../../support/application.js';

/** A main.ts as people write it, and the environments to compare it in. */
export interface WrittenApplication {
  readonly title: string;
  readonly platform: Platform;
  readonly main: string;
  readonly environments: readonly Readonly<Record<string, string>>[];
}

const around = (create: string, statements: string, imports = ''): string => `
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
${imports}

async function bootstrap() {
  const app = await NestFactory.create${create};
  ${statements}
  await app.listen(process.env.PORT ?? 3000);
}
void bootstrap();
`;

const onExpress = (statements: string, imports?: string): string => around('(AppModule)', statements, imports);
const onFastify = (statements: string, imports = ''): string =>
  around(
    '<NestFastifyApplication>(AppModule, new FastifyAdapter())',
    statements,
    `import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';\n${imports}`,
  );

/** What `CorsOptions` of Nest and of both packages allow, in the ways that applications write it. */
export const APPLICATIONS: readonly WrittenApplication[] = [
  express('no options', onExpress('app.enableCors();')),
  express('a list', onExpress("app.enableCors({ origin: ['https://app.example.com'], credentials: true });")),
  express(
    'origins of the environment, split at commas',
    onExpress("app.enableCors({ origin: process.env.CORS_ORIGINS?.split(','), credentials: true });"),
    { CORS_ORIGINS: 'https://app.example.com,https://admin.example.com' },
    {},
  ),
  express(
    'split, trimmed and filtered, with a default',
    onExpress(`
  const origins = (process.env.CORS_ORIGINS ?? 'http://localhost:4200')
    .split(',')
    .map((origin) => origin.trim())
    .filter(Boolean);
  app.enableCors({ origin: origins, methods: 'GET,PUT', credentials: true });`),
    { CORS_ORIGINS: ' https://app.example.com , https://admin.example.com,' },
    {},
  ),
  express(
    'a default list beside the variable',
    onExpress("app.enableCors({ origin: process.env.CORS_ORIGINS?.split(',') ?? ['http://localhost:4200'] });"),
    { CORS_ORIGINS: 'https://app.example.com' },
    {},
  ),
  express(
    'an empty list beside the variable',
    onExpress(
      "app.enableCors({ origin: process.env.CORS_ORIGINS ? process.env.CORS_ORIGINS.split(',') : [], credentials: true });",
    ),
    { CORS_ORIGINS: 'https://app.example.com' },
    { CORS_ORIGINS: '' },
    {},
  ),
  express(
    'one of two lists, by the environment',
    onExpress(`
  const isProduction = process.env.NODE_ENV === 'production';
  app.enableCors({
    origin: isProduction ? ['https://app.example.com'] : ['http://localhost:4200', /^http:\\/\\/localhost:\\d+$/],
  });`),
    { NODE_ENV: 'production' },
    { NODE_ENV: 'development' },
  ),
  express(
    'a list of variables and origins',
    onExpress(`
  const allowed = [process.env.FRONTEND_URL, process.env['ADMIN_URL'], 'https://app.example.com'].filter(Boolean) as string[];
  app.enableCors({ origin: allowed });`),
    { FRONTEND_URL: 'http://localhost:4200', ADMIN_URL: 'https://admin.example.com' },
    { FRONTEND_URL: 'http://localhost:4200' },
  ),
  express(
    'an expression of subdomains',
    onExpress("app.enableCors({ origin: [/^https:\\/\\/[a-z]+\\.example\\.com$/], exposedHeaders: ['x-total'] });"),
  ),
  express(
    'a callback over a constant list',
    onExpress(`
  const whitelist = ['https://app.example.com', 'http://localhost:4200'];
  app.enableCors({
    origin: function (origin, callback) {
      if (!origin || whitelist.indexOf(origin) !== -1) {
        callback(null, true);
      } else {
        callback(new Error('Not allowed by CORS'));
      }
    },
    credentials: true,
  });`),
  ),
  express(
    'an asynchronous callback, which returns the origin',
    onExpress(`
  app.enableCors({
    origin: async (origin, callback) => {
      const known = await Promise.resolve(['https://admin.example.com']);
      callback(null, known.includes(origin ?? '') ? origin : false);
    },
  });`),
  ),
  express(
    'a callback in a function of its own, with a set',
    `${onExpress('app.enableCors({ origin: isKnown, allowedHeaders: ALLOWED_HEADERS });')}
const KNOWN = new Set(['https://app.example.com']);
const ALLOWED_HEADERS = ['content-type', 'authorization'];
export function isKnown(origin: string | undefined, callback: (error: Error | null, allow?: boolean) => void) {
  callback(null, KNOWN.has(origin ?? ''));
}`,
  ),
  express(
    'a method of the options',
    onExpress("app.enableCors({ origin(origin, done) { done(null, origin === 'https://app.example.com'); } });"),
  ),
  express(
    'options of NestFactory.create()',
    around("(AppModule, { cors: { origin: ['https://app.example.com'], maxAge: 600 } })", ''),
  ),
  express(
    'cors by a condition in NestFactory.create()',
    around("(AppModule, { cors: process.env.NODE_ENV !== 'production' })", ''),
    { NODE_ENV: 'production' },
    { NODE_ENV: 'test' },
  ),
  express(
    'enableCors() inside if',
    onExpress("if (process.env.NODE_ENV !== 'production') {\n    app.enableCors({ origin: true });\n  }"),
    { NODE_ENV: 'production' },
    { NODE_ENV: 'test' },
  ),
  express(
    'enableCors() in if, else if and else',
    onExpress(`
  if (process.env.NODE_ENV === 'production') {
    app.enableCors({ origin: ['https://app.example.com'], credentials: true });
  } else if (process.env.NODE_ENV === 'staging') {
    app.enableCors({ origin: [/^https:\\/\\/[a-z]+\\.example\\.com$/] });
  } else {
    app.enableCors();
  }`),
    { NODE_ENV: 'production' },
    { NODE_ENV: 'staging' },
    {},
  ),
  express(
    'enableCors() behind &&, with options of a constant and a spread',
    onExpress(`
  const shared = { credentials: true, methods: ['GET', 'PUT'] };
  const options = { ...shared, origin: ['https://app.example.com'] };
  process.env.CORS === 'on' && app.enableCors(options);`),
    { CORS: 'on' },
    {},
  ),
  express(
    'either of two options',
    onExpress(`
  const production = { origin: ['https://app.example.com'], credentials: true };
  app.enableCors(process.env.NODE_ENV === 'production' ? production : undefined);`),
    { NODE_ENV: 'production' },
    {},
  ),
  express(
    'a configuration service',
    onExpress(
      `
  const config = app.get(ConfigService);
  app.enableCors({ origin: config.get<string>('CORS_ORIGINS')?.split(','), credentials: config.get('COOKIES') === 'on' });`,
      "import { ConfigService } from '@nestjs/config';",
    ),
    { CORS_ORIGINS: 'https://app.example.com', COOKIES: 'on' },
    { CORS_ORIGINS: 'https://app.example.com,https://admin.example.com' },
  ),
  express(
    'the middleware of the package cors',
    onExpress("app.use(cors({ origin: ['https://app.example.com'], credentials: true }));", "import cors from 'cors';"),
  ),
  express(
    'the middleware, required and kept in a constant',
    onExpress(
      "const middleware = cors({ origin: 'https://app.example.com' === process.env.ONLY ? [process.env.ONLY] : '*' });\n  app.use(middleware);",
      "import cors = require('cors');",
    ),
    { ONLY: 'https://app.example.com' },
    {},
  ),
  fastify('no options', onFastify('app.enableCors();')),
  fastify(
    'a list, with every method',
    onFastify(
      "app.enableCors({ origin: ['https://app.example.com', /^http:\\/\\/localhost:\\d+$/], methods: ['GET', 'PUT'] });",
    ),
  ),
  fastify(
    'a callback',
    onFastify(`
  app.enableCors({
    origin: (origin, callback) => {
      callback(null, origin === 'https://app.example.com');
    },
    methods: ['GET', 'PUT'],
    credentials: true,
  });`),
  ),
  fastify(
    'the plugin, registered',
    onFastify(
      "await app.register(fastifyCors, { origin: process.env.CORS_ORIGINS!.split(', '), methods: ['GET', 'PUT'], strictPreflight: true });",
      "import fastifyCors from '@fastify/cors';",
    ),
    { CORS_ORIGINS: 'https://app.example.com, https://admin.example.com' },
  ),
  fastify(
    'the plugin, imported where it is registered',
    onFastify("await app.register(require('@fastify/cors'), { origin: ['https://admin.example.com'] });"),
  ),
];

function express(
  title: string,
  main: string,
  ...environments: readonly Readonly<Record<string, string>>[]
): WrittenApplication {
  return { title, platform: 'express', main, environments: environments.length === 0 ? [{}] : environments };
}

function fastify(
  title: string,
  main: string,
  ...environments: readonly Readonly<Record<string, string>>[]
): WrittenApplication {
  return { ...express(title, main, ...environments), platform: 'fastify' };
}
