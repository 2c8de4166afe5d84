import type { Server } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import {
  All,
  Controller,
  Delete,
  Get,
  type INestApplication,
  Patch,
  Post,
  Put,
  type Type,
  Version,
  VersioningType,
} from '@nestjs/common';
import { CorsPolicy, type CorsModuleOptions, type CorsPolicyOptions } from '../../lib/index.js';
import { RunningEvaluator } from '../../lib/request/running-evaluator.js';
import { PLATFORMS, startApplication } from '../support/application.js';

const SEED = Number(process.env['PREFLIGHT_SEED'] ?? 1);
const APPLICATIONS = Number(process.env['PREFLIGHT_APPLICATIONS'] ?? 4);
const PREFLIGHTS = Number(process.env['PREFLIGHT_CASES'] ?? 100);

const APP = 'https://app.example';
const ADMIN = 'https://admin.example';

type Random = <T>(choices: readonly T[]) => T;

/** @see https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (choices) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return choices[Math.floor((state / 2 ** 32) * choices.length)]!;
  };
}

const PATHS = ['items', 'items/:id', 'items/:id/parts/:part', 'items/list', 'files/*', ':any', 'Case/Kept', 'a/:x/b'];
const METHODS = [Get, Put, Post, Patch, Delete, All];
const POLICIES: readonly (CorsPolicyOptions | undefined)[] = [
  undefined,
  { origin: [APP] },
  { origin: '*', credentials: false },
  { origin: false },
  { origin: [ADMIN, /^https:\/\/[a-z]+\.tenant\.example$/] },
  { allowedHeaders: ['x-a', 'content-type'] },
  { maxAge: 60 },
  { methods: ['GET', 'PUT'] },
  { optionsSuccessStatus: 200 },
  { originLookup: { isOriginAllowed: (origin) => origin === 'https://stored.example' } },
  { origin: (origin) => origin.startsWith('https://f') },
];

function controllerOf(random: Random, index: number): Type {
  class GeneratedController {
    handle(): string {
      return 'handled';
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(GeneratedController.prototype, 'handle')!;
  const policy = random(POLICIES);
  const decorators: MethodDecorator[] = [random(METHODS)(PATHS[index % PATHS.length])];
  if (policy !== undefined) {
    decorators.push(CorsPolicy(policy));
  }
  if (random([true, false, false, false])) {
    decorators.push(Version(random(['1', '2'])));
  }
  decorators.forEach((decorate) => decorate(GeneratedController.prototype, 'handle', descriptor));
  Controller(random(['', '', 'api']))(GeneratedController);
  return Object.defineProperty(GeneratedController, 'name', { value: `Generated${index}Controller` });
}

function preflightOf(random: Random): string {
  const id = random(['7', '8', 'abc', 'a%20b', '%41', '%2e%2e', '', 'x'.repeat(120), 'list', 'a;b=1', '..']);
  const path = random([
    '/items',
    `/items/${id}`,
    `/items/${id}/parts/${id}`,
    `/files/${id}/x`,
    `/api/items/${id}`,
    `/${id}`,
    '/Case/Kept',
    '/case/kept',
    `/a/${id}/b`,
    '/nothing/at/all',
    '//items/7',
    '/items/',
    'http://host/items/7',
    '/items%2F7',
    '/items/7/../8',
  ]);
  const query = random(['', '', '', '?a=1', '?a=/items//', '#x']);
  const origin = random([
    APP,
    APP,
    ADMIN,
    'https://x.tenant.example',
    'https://stored.example',
    'https://stranger.example',
    'null',
    'https://A.example',
    'file://',
    '*',
  ]);
  const method = random([
    'GET',
    'PUT',
    'PUT',
    'POST',
    'PATCH',
    'DELETE',
    'HEAD',
    'OPTIONS',
    'QUERY',
    'put',
    'MADE',
    '*',
    'a b',
  ]);
  const names = random([
    '',
    '',
    'x-a',
    'X-A',
    'x-a,content-type',
    'authorization',
    'x-forwarded-host',
    ',',
    'a b',
    'x'.repeat(300),
    '*',
  ]);
  const list = names === '' ? '' : `Access-Control-Request-Headers: ${names}\r\n`;
  const again = random([
    '',
    '',
    '',
    '',
    `Origin: ${APP}\r\n`,
    'Access-Control-Request-Headers: x-b\r\n',
    'X-Version: 1\r\n',
  ]);
  return `OPTIONS ${path}${query} HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: ${method}\r\n${list}${again}Connection: close\r\n\r\n`;
}

function variantOf(preflight: string, random: Random): string {
  return random([
    preflight.replace(/Method: .*/, 'Method: GET'),
    preflight.replace(/\nOrigin: .*/, `\nOrigin: ${ADMIN}\r`),
    preflight.replace(/Connection/, 'Access-Control-Request-Headers: x-a\r\nConnection'),
  ]);
}

describe.each(PLATFORMS)('generated preflights on %s', (platform) => {
  it.each(Array.from({ length: APPLICATIONS }, (_, index) => SEED * 1000 + index))(
    'have the answers of the hook that remembers nothing: seed %i',
    async (seed) => {
      const random = randomOf(seed);
      const controllers = Array.from({ length: 7 }, (_, index) => controllerOf(random, index));
      const cors: CorsModuleOptions = {
        origin: [APP, ADMIN],
        credentials: random([true, false]),
        logging: random(['off', 'refusals', 'all']),
        ...(random([true, false, false]) ? { paths: [{ path: '/files', policy: { origin: [ADMIN] } }] } : {}),
      };
      const isVersioned = random([true, false]);
      const usesMiddleware = random([true, false, false]);
      const configure = (app: INestApplication): void => {
        if (isVersioned) {
          app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' });
        }
        if (usesMiddleware) {
          app.use((_request: unknown, _response: unknown, next: () => void) => next());
        }
      };
      const start = (preflightsAtServer: boolean) =>
        startApplication(platform, 'NestFactory', {
          controllers,
          configure,
          cors: { ...cors, preflightsAtServer },
          comparesBothWays: false,
        });
      const [server, hook] = [await start(true), await start(false)];
      expect((server.app.getHttpServer() as Server).listenerCount('request')).toBe(1);
      try {
        // The hook of the other application has nothing prepared.
        Object.assign(hook.app.get(RunningEvaluator, { strict: false }).evaluator, { prepared: undefined });
        const preflights = Array.from({ length: PREFLIGHTS }, () => preflightOf(random));
        // Each is followed by the same one with another method, list or origin.
        const varied = preflights.flatMap((each) => [each, variantOf(each, random), each]);
        for (const preflight of [...varied, ...preflights]) {
          const [given, expected] = (await Promise.all([server.sendRaw(preflight), hook.sendRaw(preflight)])).map(
            (answer) => answer.replace(/^Date: .*\r\n/m, ''),
          );
          expect(`${preflight}${given}`).toBe(`${preflight}${expected}`);
        }
      } finally {
        await Promise.all([server.close(), hook.close()]);
      }
    },
    120_000,
  );
});
