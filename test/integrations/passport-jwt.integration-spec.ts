import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type ExecutionContext, Get, Injectable, Put, Req, SetMetadata } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { CorsPolicy } from '../../lib/index.js';
import { PLATFORMS, type RunningApplication, corsHeaders, startApplication } from '../support/application.js';

const APP = 'https://app.example.com';
const ADMIN = 'https://admin.example.com';
const STRANGER = 'https://stranger.example';
const SECRET = 'a secret of the tests';

const Public = () => SetMetadata('public', true);

@Injectable()
class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: SECRET });
  }

  validate({ sub }: { sub: string }) {
    return { name: sub };
  }
}

@Injectable()
class JwtAuthGuard extends AuthGuard('jwt') {
  /** Of every request that the guard was asked about. */
  static readonly asked: string[] = [];

  constructor(private readonly reflector: Reflector) {
    super();
  }

  override canActivate(context: ExecutionContext) {
    JwtAuthGuard.asked.push(context.switchToHttp().getRequest<{ method: string }>().method);
    return this.reflector.get<boolean>('public', context.getHandler()) || super.canActivate(context);
  }
}

@Controller('profile')
class ProfileController {
  @Get()
  read(@Req() request: { user: { name: string } }) {
    return request.user;
  }

  @Put()
  @CorsPolicy({ origin: ADMIN, rejectDisallowed: true })
  replace(@Req() request: { user: { name: string } }) {
    return request.user;
  }

  @Get('terms')
  @Public()
  terms() {
    return 'terms';
  }
}

describe.each(PLATFORMS)('a JWT guard for every route on %s', (platform) => {
  let application: RunningApplication;
  let token: Record<string, string>;

  beforeAll(async () => {
    application = await startApplication(platform, 'NestFactory', {
      imports: [PassportModule, JwtModule.register({ secret: SECRET, signOptions: { expiresIn: '60s' } })],
      providers: [JwtStrategy, { provide: APP_GUARD, useClass: JwtAuthGuard }],
      controllers: [ProfileController],
      cors: { origin: [APP, ADMIN], exposedHeaders: 'all', logging: 'off' },
    });
    token = { Authorization: `Bearer ${await application.app.get(JwtService).signAsync({ sub: 'Ada' })}` };
  });

  afterAll(() => application.close());

  it('preflights, which carry no token: do not reach it', async () => {
    JwtAuthGuard.asked.length = 0;
    const granted = await application.preflight(APP, 'GET', '/profile', 'authorization');
    expect(granted.status).toBe(204);
    expect(corsHeaders(granted)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '0',
    });
    const refused = await application.preflight(STRANGER, 'GET', '/profile', 'authorization');
    expect([refused.status, corsHeaders(refused)]).toEqual([403, {}]);
    expect(JwtAuthGuard.asked).toEqual([]);
  });

  it('valid token: passes', async () => {
    const response = await application.from(APP, '/profile', { headers: token });
    expect([response.status, JSON.parse(response.body)]).toEqual([200, { name: 'Ada' }]);
    expect(response.headers['access-control-allow-origin']).toBe(APP);
    expect(JwtAuthGuard.asked).toContain('GET');
  });

  it.each([
    ['no token', {}],
    ['a forged token', { Authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJBZGEifQ.' }],
  ])('%s: gets 401, and an allowed origin can read it', async (_, headers) => {
    const response = await application.from(APP, '/profile', { headers });
    expect([response.status, JSON.parse(response.body)]).toEqual([401, { statusCode: 401, message: 'Unauthorized' }]);
    expect(response.headers['access-control-allow-origin']).toBe(APP);
    expect(response.headers['access-control-expose-headers']).toContain('content-type');
    expect(response.headers.vary).toBe('Origin');
  });

  it('refused origin: gets 401, too, and cannot read it', async () => {
    const response = await application.from(STRANGER, '/profile');
    expect([response.status, corsHeaders(response), response.headers.vary]).toEqual([401, {}, 'Origin']);
  });

  it('policy that rejects: comes first, with or without a token', async () => {
    const put = (origin: string, headers = {}) => application.from(origin, '/profile', { method: 'PUT', headers });
    expect((await put(STRANGER)).status).toBe(403);
    expect((await put(STRANGER, token)).status).toBe(403);
    expect((await put(APP, token)).status).toBe(403);
    expect((await put(ADMIN, token)).status).toBe(200);
    const unauthorized = await put(ADMIN);
    expect([unauthorized.status, unauthorized.headers['access-control-allow-origin']]).toEqual([401, ADMIN]);
  });

  it('public routes with the same policy: are left alone', async () => {
    const response = await application.from(APP, '/profile/terms');
    expect([response.body, response.headers['access-control-allow-origin']]).toEqual(['terms', APP]);
  });

  it('log: has no line', () => {
    expect(application.logger.warnings).toEqual([]);
    expect(application.logger.errors).toEqual([]);
  });
});
