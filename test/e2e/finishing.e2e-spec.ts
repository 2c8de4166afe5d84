import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpException,
  type NestInterceptor,
  Res,
  UseGuards,
  UseInterceptors,
  createParamDecorator,
} from '@nestjs/common';
import { tap } from 'rxjs';
import { CorsPolicy } from '../../lib/index.js';
import { ENVIRONMENTS, type RunningApplication, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const STRANGER = 'https://stranger.example';

interface AnyResponse {
  header(name: string, value: string): unknown;
  send(body: string): unknown;
  setHeader?(name: string, value: string): unknown;
}

class OverwritingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const response = context.switchToHttp().getResponse<AnyResponse>();
    return next.handle().pipe(tap(() => void response.header('Vary', 'Accept-Language')));
  }
}

class TooManyRequestsGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    context.switchToHttp().getResponse<AnyResponse>().header('Retry-After', '30');
    throw new HttpException('Too many requests', 429);
  }
}

const TakesResponse = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  context.switchToHttp().getResponse<AnyResponse>().header('Vary', 'X-Custom');
  return 'value';
});

@Controller('vary')
class VaryController {
  @Get('header')
  @Header('Vary', 'Accept')
  header() {
    return 'header';
  }

  @Get('response')
  response(@Res() response: AnyResponse) {
    response.header('Vary', 'Accept');
    response.send('response');
  }

  @Get('passthrough')
  passthrough(@Res({ passthrough: true }) response: AnyResponse) {
    response.header('Vary', 'Accept');
    return 'passthrough';
  }

  @Get('interceptor')
  @UseInterceptors(OverwritingInterceptor)
  interceptor() {
    return 'interceptor';
  }

  @Get('parameter')
  parameter(@TakesResponse() value: string) {
    return value;
  }

  @Get('error')
  @Header('Vary', 'Accept')
  error() {
    throw new HttpException('No', 409);
  }

  @Get('all')
  @Header('Vary', '*')
  all() {
    return 'all';
  }

  @Get('public')
  @Header('Vary', 'Accept')
  @CorsPolicy({ origin: '*' })
  public() {
    return 'public';
  }
}

@Controller('exposed')
@CorsPolicy({ exposedHeaders: 'all' })
class ExposedController {
  @Get()
  @Header('X-Total', '3')
  list(@Res({ passthrough: true }) response: AnyResponse) {
    response.header('X-Page', '1');
    response.header('Set-Cookie', 'a=b');
    return ['a'];
  }

  @Get('limited')
  @UseGuards(TooManyRequestsGuard)
  limited() {}

  @Get('some')
  @CorsPolicy({ exposedHeaders: ['X-Total', 'X-Page'] })
  some() {
    return 'some';
  }
}

describe.each(ENVIRONMENTS)('Vary and exposed headers of a response on %s through %s', (platform, bootstrap) => {
  let application: RunningApplication;

  beforeAll(async () => {
    application = await startApplication(platform, bootstrap, {
      controllers: [VaryController, ExposedController],
      cors: { origin: APP },
    });
  });

  afterAll(() => application.close());

  it.each([
    ['header', 'Accept'],
    ['response', 'Accept'],
    ['passthrough', 'Accept'],
    ['interceptor', 'Accept-Language'],
    ['parameter', 'X-Custom'],
    ['error', 'Accept'],
  ])('Vary overwritten by "%s": names Origin again, and keeps its own value', async (route, said) => {
    for (const origin of [APP, STRANGER]) {
      const { headers } = await application.from(origin, `/vary/${route}`);
      const names = String(headers.vary).split(', ');
      expect(names).toContain(said);
      expect(names).toContain('Origin');
    }
    expect((await application.send(`/vary/${route}`)).headers.vary).toContain('Origin');
  });

  it('Vary that covers everything, or of a static *: is not changed', async () => {
    expect((await application.from(APP, '/vary/all')).headers.vary).toBe('*');
    expect((await application.from(APP, '/vary/public')).headers.vary).toBe('Accept');
  });

  it("exposedHeaders 'all': names the headers that the response has", async () => {
    const { headers } = await application.from(APP, '/exposed');
    const exposed = String(headers['access-control-expose-headers']).split(',');
    const readable = Object.keys(headers).filter(
      (name) =>
        !name.startsWith('access-control-') &&
        !['set-cookie', 'connection', 'keep-alive', 'transfer-encoding'].includes(name),
    );
    expect(exposed.sort()).toEqual(readable.sort());
    expect(exposed).toEqual(expect.arrayContaining(['x-total', 'x-page', 'content-length', 'date']));
  });

  it('response of a guard, without an interceptor: names its headers, too', async () => {
    const response = await application.from(APP, '/exposed/limited');
    expect(response.status).toBe(429);
    expect(String(response.headers['access-control-expose-headers']).split(',')).toContain('retry-after');
  });

  it('refused origin: exposes no header', async () => {
    expect((await application.from(STRANGER, '/exposed')).headers).not.toHaveProperty('access-control-expose-headers');
  });

  it('list of exposed headers: is sent as it is written', async () => {
    const { headers } = await application.from(APP, '/exposed/some');
    expect(headers['access-control-expose-headers']).toBe('X-Total,X-Page');
  });
});

describe.each(ENVIRONMENTS)('another global interceptor on %s through %s', (platform, bootstrap) => {
  it('Vary: keeps Origin', async () => {
    @Controller()
    class PlainController {
      @Get()
      read() {
        return 'plain';
      }
    }

    const application = await startApplication(platform, bootstrap, {
      controllers: [PlainController],
      cors: { origin: APP },
      configure: (app) => void app.useGlobalInterceptors(new OverwritingInterceptor()),
    });
    const { headers } = await application.from(APP, '/');
    expect(headers.vary).toBe('Accept-Language, Origin');
    await application.close();
  });
});
