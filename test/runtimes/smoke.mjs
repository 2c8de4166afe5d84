import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { CorsModule, CorsPolicy } from 'nestjs-cors';

/*
 * An application on the built library without jest, for runtimes that jest does not run on: prints what two preflights and
 * a request were answered with, as JSON.
 */

const ALLOWED = 'https://app.example.com';

class OrdersController {
  list() {
    return [];
  }
}
Get()(OrdersController.prototype, 'list', Object.getOwnPropertyDescriptor(OrdersController.prototype, 'list'));
Controller('orders')(OrdersController);
CorsPolicy({ credentials: true })(OrdersController);

class Application {}
Module({ imports: [CorsModule.forRoot({ origin: [ALLOWED] })], controllers: [OrdersController] })(Application);

const app = await NestFactory.create(Application, new ExpressAdapter(), { logger: false, abortOnError: false });
await app.listen(0, '127.0.0.1');
const url = `http://127.0.0.1:${app.getHttpServer().address().port}/orders`;

async function answer(method, origin) {
  const headers = { origin, ...(method === 'OPTIONS' && { 'access-control-request-method': 'GET' }) };
  const response = await fetch(url, { method, headers });
  return [
    response.status,
    response.headers.get('access-control-allow-origin'),
    response.headers.get('access-control-allow-credentials'),
    response.headers.get('vary')?.split(/, */)[0],
  ].join(' ');
}

console.log(
  JSON.stringify([
    await answer('OPTIONS', ALLOWED),
    await answer('OPTIONS', 'https://other.example'),
    await answer('GET', ALLOWED),
    await answer('GET', 'https://other.example'),
  ]),
);
await app.close();
process.exit(0);
