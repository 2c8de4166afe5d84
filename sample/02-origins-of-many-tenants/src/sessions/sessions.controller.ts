import { Controller, Delete, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CorsPolicy } from 'nestjs-cors';
import { TenantsService } from '../tenants/tenants.service.js';
import { type HeaderWriter, sessionCookie, sessionToken } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';

/** It asks for no password, which is why the sample listens on this machine only: your identity provider belongs here. */
@Controller('t/:tenant/admin/session')
@CorsPolicy('admin')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly tenants: TenantsService,
  ) {}

  @Post()
  async signIn(
    @Param('tenant') name: string,
    @Res({ passthrough: true }) response: HeaderWriter,
  ): Promise<{ tenant: string }> {
    const tenant = await this.tenants.find(name);
    response.header('Set-Cookie', sessionCookie(tenant.name, await this.sessions.open(tenant.name)));
    return { tenant: tenant.name };
  }

  @Delete()
  @HttpCode(204)
  async signOut(
    @Param('tenant') name: string,
    @Headers('cookie') cookies: string | undefined,
    @Res({ passthrough: true }) response: HeaderWriter,
  ): Promise<void> {
    const tenant = await this.tenants.find(name);
    await this.sessions.close(sessionToken(cookies) ?? '', tenant.name);
    response.header('Set-Cookie', sessionCookie(tenant.name, ''));
  }
}
