import { Controller, Get, Put, Version } from '@nestjs/common';
import { CorsModule, CorsPolicy } from 'nestjs-cors';
import { decorate } from '../http/application.mjs';

const APP = 'https://app.example.com';
const ORIGINS = [
  APP,
  'https://tenant-7.customers.example.com',
  'https://stored.example.com',
  'https://stranger.example',
  'null',
];
const METHODS = ['PUT', 'GET', 'DELETE', 'MADE-UP'];
const ID = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const PATHS = [
  '/items',
  `/items/${ID}`,
  `/items/${ID}?page=2&of=/items//`,
  `/items/${ID}/parts/4711`,
  '/items/a%20b%2Fc',
  '/items/%41%42%43/parts/%44',
  '/files/2026/11/27/report.pdf',
  `/files/${'deep/'.repeat(40)}end`,
  '/stored/7',
  '/versioned',
  '/nothing/at/all',
  `/nothing/${'x'.repeat(400)}`,
  '/items//parts',
  '/ITEMS/7',
];
const HEADERS = [
  undefined,
  'content-type',
  'content-type,authorization,x-requested-with,x-request-id',
  'x-forwarded-host',
  Array.from({ length: 60 }, (_, index) => `x-header-${index}`).join(','),
];

/** An application with parameters, wildcards, versions, a lookup and patterns of origins. */
export function application() {
  class ItemsController {}
  const handlers = [
    [Get('items')],
    [Put('items/:id')],
    [Get('items/:id')],
    [Put('items/:id/parts/:part'), CorsPolicy({ origin: [APP, 'https://*.customers.example.com'], maxAge: 60 })],
    [Get('files/*'), CorsPolicy({ allowedHeaders: ['content-type'] })],
    [Put('stored/:id'), CorsPolicy({ originLookup: { isOriginAllowed: async (origin) => origin === ORIGINS[2] } })],
    [Get('versioned'), Version('1')],
    [Put('versioned'), Version('2'), CorsPolicy({ origin: '*', credentials: false })],
  ];
  handlers.forEach((decorators, index) => {
    const name = `handler${index}`;
    ItemsController.prototype[name] = () => 'handled';
    decorate(decorators, ItemsController.prototype, name);
  });
  decorate([Controller()], ItemsController);
  return {
    imports: [CorsModule.forRoot({ origin: [APP, 'https://admin.example.com'], credentials: true })],
    controllers: [ItemsController],
  };
}

/** Preflights of every kind, each once. Of all combinations every third one, which has every pair of values. */
export const PREFLIGHTS = PATHS.flatMap((path) =>
  ORIGINS.flatMap((origin) =>
    METHODS.flatMap((method) => HEADERS.map((headers) => ({ path, origin, method, headers }))),
  ),
).filter((_, index) => index % 3 === 0);

export function wireText({ path, origin, method, headers }) {
  const list = headers === undefined ? '' : `Access-Control-Request-Headers: ${headers}\r\n`;
  return `OPTIONS ${path} HTTP/1.1\r\nHost: api.example\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: ${method}\r\n${list}\r\n`;
}

export function shown({ path, origin, method, headers = 'no headers' }) {
  const short = (text) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
  return `${method} ${short(path)} from ${origin}, ${short(headers)}`;
}
