import {
  All,
  Body,
  Controller,
  Delete,
  Get,
  Post,
  Put,
  type Type,
  UnauthorizedException,
  UseGuards,
  Version,
} from '@nestjs/common';
import { CorsPolicy, DisableCors } from '../../../lib/index.js';

/** Everything that a URL can have: handlers under the policy, with and without a body, and one that disables CORS. */
function controllerUnder(policy: string, path: string, host?: string): Type {
  @Controller(host === undefined ? { path } : { path, host })
  @CorsPolicy(policy)
  class PolicyController {
    @Get() read() {
      return { read: policy };
    }
    @Put() replace(@Body() body: unknown) {
      return { replaced: policy, body };
    }
    @Post() create(@Body() body: unknown) {
      return { created: policy, body };
    }
    @Delete() @DisableCors() remove() {
      return { removed: policy };
    }
  }
  return named(PolicyController, policy);
}

/** Names the class after its policy: that is what responses tell of the handler that they come from. */
function named(controller: Type, policy: string): Type {
  return Object.defineProperty(controller, 'name', { value: policy });
}

@Controller('mixed')
class Mixed {
  @Get() @CorsPolicy('star') star() {
    return 'for everyone';
  }
  @Put() @CorsPolicy('list') list() {
    return 'for the list';
  }
}

@Controller('failing')
@CorsPolicy('list')
class Failing {
  @Get() list() {
    throw new Error('This handler fails on purpose');
  }
}

@Controller('guarded')
@CorsPolicy('list')
@UseGuards({
  canActivate() {
    throw new UnauthorizedException();
  },
})
class Guarded {
  @Get() list() {}
  @Put() listToo() {}
}

@Controller('everything')
@CorsPolicy('pattern')
class Everything {
  @All() pattern() {
    return 'whatever the method';
  }
}

@Controller('versions')
class Versions {
  @Get() @Version('1') @CorsPolicy('list') list() {
    return 'version 1';
  }
  @Get() @Version('2') @CorsPolicy('pattern') pattern() {
    return 'version 2';
  }
  @Put() @Version('1') @CorsPolicy('list') listToo() {
    return 'version 1 replaced';
  }
  @Put() @Version('2') @CorsPolicy('pattern') patternToo() {
    return 'version 2 replaced';
  }
}

const sameForEveryPath = ['list', 'pattern', 'regexp', 'star', 'lookup', 'memory', 'function', 'reject', 'exposing'];

export const controllers: Type[] = [
  ...sameForEveryPath.map((policy) => controllerUnder(policy, policy)),
  controllerUnder('strict', 'strict'),
  controllerUnder('list', 'parameters/:id'),
  controllerUnder('tenant', 'tenants/:tenant/items'),
  controllerUnder('pattern', 'wild/*'),
  controllerUnder('regexp', 'hosted', 'one.test'),
  Mixed,
  Failing,
  Guarded,
  Everything,
  Versions,
];
