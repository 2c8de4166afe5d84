import { Controller, Get, Post, Version } from '@nestjs/common';
import * as nest from '@nestjs/common/constants.js';
import type { ModulesContainer } from '@nestjs/core';
import { RouteConstraints } from '@nestjs/platform-fastify';
import * as fastify from '@nestjs/platform-fastify/constants.js';
import { describe, expect, it } from '@jest/globals';
import * as nestControllers from '../../lib/routing/nest-controllers.js';
import { modulesOf } from './declared-controllers.js';

const { controllersOf, handlersOf, ...keys } = nestControllers;

const allHandlersOf = (modules: ModulesContainer) =>
  controllersOf(modules).flatMap(({ controller, instance }) =>
    handlersOf(instance).map(({ methodName }) => [controller, methodName]),
  );

class Base {
  @Get('shared') shared() {}
  @Get('overridden') overridden() {}
}
@Controller('a')
class FirstController extends Base {
  @Post() own() {}
  override overridden() {}
  internal() {}
}
@Controller('b')
class SecondController extends Base {}
@Controller('empty')
class EmptyController {}

describe('Nest handlers of an application', () => {
  it('controllers: are their methods that have a path, inherited ones included', () => {
    expect(allHandlersOf(modulesOf(undefined, FirstController, EmptyController, SecondController))).toEqual([
      [FirstController, 'own'],
      [FirstController, 'shared'],
      [SecondController, 'shared'],
      [SecondController, 'overridden'],
    ]);
  });

  it('no controllers: are empty', () => {
    expect([allHandlersOf(modulesOf(undefined)), allHandlersOf(new Map() as never)]).toEqual([[], []]);
  });
});

describe('Nest metadata keys', () => {
  it('installed Nest: has the same keys', () => {
    expect({ ...keys }).toMatchObject({
      PATH_METADATA: nest.PATH_METADATA,
      HOST_METADATA: nest.HOST_METADATA,
      VERSION_METADATA: nest.VERSION_METADATA,
      MODULE_PATH: nest.MODULE_PATH,
      FASTIFY_ROUTE_CONSTRAINTS_METADATA: fastify.FASTIFY_ROUTE_CONSTRAINTS_METADATA,
    });
  });

  it('decorators: write what is read here', () => {
    @Controller({ path: 'a', host: 'h', version: '1' })
    class DecoratedController {
      @RouteConstraints({ host: 'c' }) @Version('2') @Get('b') handler() {}
    }
    const { handler } = DecoratedController.prototype;
    expect(Reflect.getMetadata(keys.PATH_METADATA, DecoratedController)).toBe('a');
    expect(Reflect.getMetadata(keys.HOST_METADATA, DecoratedController)).toBe('h');
    expect(Reflect.getMetadata(keys.VERSION_METADATA, DecoratedController)).toBe('1');
    expect(Reflect.getMetadata(keys.PATH_METADATA, handler)).toBe('b');
    expect(Reflect.getMetadata(keys.VERSION_METADATA, handler)).toBe('2');
    expect(Reflect.getMetadata(keys.FASTIFY_ROUTE_CONSTRAINTS_METADATA, handler)).toEqual({ host: 'c' });
  });
});
