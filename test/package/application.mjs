import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { CorsConfigurationError, CorsInspector, CorsModule, CorsPolicy } from 'nestjs-cors';
import { CorsDevtools, CorsDevtoolsModule } from 'nestjs-cors/devtools';
import { createOriginsSchema } from 'nestjs-cors/postgres';
import { browserFrom } from 'nestjs-cors/testing';

/*
 * An application that bundlers put into one file. It answers requests on both platforms, and prints what it saw. Decorators are
 * called, so that nothing but the bundler compiles this file.
 */

const ORIGIN = 'https://app.example';

class Cats {
  list() {
    return ['tom'];
  }
}
Get(':id')(Cats.prototype, 'list', Object.getOwnPropertyDescriptor(Cats.prototype, 'list'));
CorsPolicy({ origin: [ORIGIN], credentials: true })(Cats);
Controller('cats')(Cats);

class Application {}
Module({
  imports: [
    CorsModule.forRoot({ paths: [{ path: '/files', policy: { origin: ['https://files.example'] } }] }),
    CorsDevtoolsModule.forRoot(),
  ],
  controllers: [Cats],
})(Application);

async function seenOn(adapter) {
  const app = await NestFactory.create(Application, adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  const preflight = (path, origin) =>
    fetch(url + path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
  const granted = await preflight('/cats/1', ORIGIN);
  const page = await fetch(app.get(CorsDevtools, { strict: false }).url(url), { redirect: 'manual' });
  const session = { cookie: page.headers.get('set-cookie').split(';', 1)[0] };
  const devtools = await fetch(new URL(page.headers.get('location'), url), { headers: session });
  const seen = {
    granted: [granted.status, granted.headers.get('access-control-allow-origin')],
    refused: (await preflight('/cats/1', 'https://other.example')).status,
    entry: (await preflight('/files/a', 'https://files.example')).headers.get('access-control-allow-origin'),
    devtools: (await devtools.text()).includes('<title>'),
    routes: app.get(CorsInspector).routes().length,
    browser: (await browserFrom(ORIGIN, app).fetch('/cats/1')).status,
  };
  await app.close();
  return seen;
}

async function problem() {
  try {
    await NestFactory.createApplicationContext(CorsModule.forRoot({ origin: ['https://*.co.uk'] }), {
      logger: false,
      abortOnError: false,
    });
    return 'none';
  } catch (error) {
    return [error.constructor.name, error instanceof CorsConfigurationError];
  }
}

let statements = '';
await createOriginsSchema({ query: (text) => ((statements = text), Promise.resolve()) });
const printed = {
  express: await seenOn(new ExpressAdapter()),
  fastify: await seenOn(new FastifyAdapter()),
  problem: await problem(),
  module: CorsModule.name,
  schema: statements.includes('create table if not exists'),
};
console.log(JSON.stringify(printed));
