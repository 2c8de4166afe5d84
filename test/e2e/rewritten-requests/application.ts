import type { ServerResponse } from 'node:http';
import {
  Controller,
  Delete,
  Get,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  Next,
  Patch,
  Post,
  Put,
} from '@nestjs/common';
import express from 'express';
import { CorsPolicy, DisableCors } from '../../../lib/index.js';

export const APP = 'https://app.example.com';
export const PARTNER = 'https://partner.example';

export const runs: string[] = [];

@Controller('things')
export class ThingsController {
  @Get()
  list() {
    return 'list';
  }

  @Post()
  @CorsPolicy({ exposedHeaders: 'all' })
  create() {
    return 'created';
  }

  @Put()
  @DisableCors()
  replace() {
    return 'replaced';
  }

  @Delete()
  @CorsPolicy({ origin: PARTNER })
  remove() {
    return 'removed';
  }
}

@Controller()
export class TargetsController {
  @Get('disabled')
  @DisableCors()
  disabled() {
    return 'disabled';
  }

  @Get('partner')
  @CorsPolicy({ origin: PARTNER })
  partner() {
    return 'partner';
  }

  @Get('under/open')
  underOpen() {
    return 'under open';
  }

  @Get('under/disabled')
  @DisableCors()
  underDisabled() {
    return 'under disabled';
  }
}

/** Where there is one, the library's guard is there, too. */
@Controller()
@CorsPolicy({ origin: PARTNER, rejectDisallowed: true })
export class StrictController {
  @Patch('things')
  change() {
    runs.push('change');
    return 'changed';
  }

  @Get('strict')
  strict() {
    runs.push('strict');
    return 'strict';
  }
}

/** Handlers that pass their request on. */
@Controller('chain')
class FirstController {
  @Get('to-disabled')
  toDisabled(@Next() next: () => void) {
    next();
  }

  @Get('to-partner')
  toPartner(@Next() next: () => void) {
    setImmediate(next);
  }

  @Get('from-disabled')
  @DisableCors()
  fromDisabled(@Next() next: () => void) {
    next();
  }

  @Get('to-nothing')
  @CorsPolicy({ origin: PARTNER })
  toNothing(@Next() next: () => void) {
    next();
  }
}

@Controller('chain')
class SecondController {
  @Get('to-disabled')
  @DisableCors()
  toDisabled() {
    return 'second';
  }

  @Get('to-partner')
  @CorsPolicy({ origin: PARTNER })
  toPartner() {
    return 'second';
  }

  @Get('from-disabled')
  fromDisabled() {
    return 'second';
  }
}

@Controller({ path: 'hosted', host: 'public.example' })
class PublicHostController {
  @Get()
  read() {
    return 'public';
  }
}

@Controller({ path: 'hosted', host: 'private.example' })
@DisableCors()
class PrivateHostController {
  @Get()
  read() {
    return 'private';
  }
}

interface AnyRequest {
  method: string;
  url: string;
  headers: Record<string, string | undefined>;
}

/** Makes another request of a request, as its headers say; `of` tells middlewares apart. */
export function rewriting(of: string) {
  return (request: AnyRequest, _response: unknown, next: () => void): void => {
    request.method = request.headers[`x-${of}-method`] ?? request.method;
    request.url = request.headers[`x-${of}-url`] ?? request.url;
    request.headers['host'] = request.headers[`x-${of}-host`] ?? request.headers['host'];
    next();
  };
}

@Module({})
export class RewritingModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(rewriting('nest')).forRoutes('{*path}');
  }
}

/** Answers with what it sees of the URL: the mount has taken its part of it away. */
function seen(request: AnyRequest, response: ServerResponse): void {
  setImmediate(() => response.end(request.url));
}

export const CONTROLLERS = [
  ThingsController,
  TargetsController,
  FirstController,
  SecondController,
  PublicHostController,
  PrivateHostController,
];

export function configure(app: INestApplication): void {
  app.use(rewriting('main'));
  app.use('/under', rewriting('mount'));
  const router = express.Router().use('/deeper', seen as never);
  const application = express().use('/deeper', seen as never);
  app.use('/mounted', seen, () => undefined);
  app.use('/with-router', router);
  app.use('/with-application', application);
}

export const CORS = {
  origin: APP,
  logging: 'off',
  paths: ['/mounted', '/with-router', '/with-application'].map((path) => ({ path, policy: { origin: PARTNER } })),
} as const;
