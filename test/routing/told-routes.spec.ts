import { RequestMethod } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { describe, expect, it } from '@jest/globals';
import type { NestHandler } from '../../lib/routing/nest-registrations.js';
import { ToldRoutes } from '../../lib/routing/told-routes.js';

class CatsController {}

const policyOf = () => ({}) as never;
const handler = (methodName: string, rest: Partial<NestHandler> = {}): NestHandler => ({
  controller: CatsController,
  methodName,
  requestMethod: RequestMethod.GET,
  targetCallback: () => undefined,
  pathCount: 1,
  ...rest,
});
const registered = (own: NestHandler, ...paths: string[]) =>
  paths.map((path) => ({ handler: own, method: 'get', path }));

const declared = [handler('one'), handler('two')];
const told = () => new ToldRoutes(declared, new ApplicationConfig(), policyOf, false);

describe('ToldRoutes', () => {
  it('every handler registered with all of its paths: are complete', () => {
    expect(
      told().isComplete([
        ...registered(handler('one', { pathCount: 2 }), '/a', '/b', '/v1/a'),
        ...registered(handler('two'), '/c'),
        ...registered(handler('three'), '/d'),
      ]),
    ).toBe(true);
  });

  it.each([
    ['a handler is missing', registered(handler('one'), '/a')],
    ['a path is missing', [...registered(handler('one', { pathCount: 2 }), '/a'), ...registered(handler('two'), '/c')]],
    [
      'the last path is missing',
      [...registered(handler('one'), '/a'), ...registered(handler('two', { pathCount: 2 }), '/c')],
    ],
    [
      'Nest passes no method',
      [...registered(handler('one', { requestMethod: undefined }), '/a'), ...registered(handler('two'), '/c')],
    ],
    [
      'Nest passes no function',
      [...registered(handler('one', { targetCallback: undefined }), '/a'), ...registered(handler('two'), '/c')],
    ],
    [
      'another controller has a handler of that name',
      [...registered(handler('one'), '/a'), ...registered(handler('two', { controller: class Other {} }), '/c')],
    ],
  ])('%s: are incomplete', (_what, registrations) => {
    expect(told().isComplete(registrations)).toBe(false);
  });
});
