import { Controller, Get, Post } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { handlersOf } from '../../lib/routing/nest-handlers.js';
import { modulesOf } from './declared-controllers.js';

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
  it('are the methods of its controllers that have a path, inherited ones included', () => {
    const handlers = handlersOf(modulesOf(undefined, FirstController, EmptyController, SecondController));
    expect(handlers.map(({ controller, methodName }) => [controller, methodName])).toEqual([
      [FirstController, 'own'],
      [FirstController, 'shared'],
      [SecondController, 'shared'],
      [SecondController, 'overridden'],
    ]);
  });

  it('are empty without controllers', () => {
    expect([handlersOf(modulesOf(undefined)), handlersOf(new Map() as never)]).toEqual([[], []]);
  });
});
