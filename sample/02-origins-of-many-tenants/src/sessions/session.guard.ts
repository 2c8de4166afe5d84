import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { sessionToken } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';

interface AdminRequest {
  headers: IncomingHttpHeaders;
  params: { tenant: string };
}

/** Lets through who has a session of the tenant that the path names: one of another tenant is none. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly sessions: SessionsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { headers, params } = context.switchToHttp().getRequest<AdminRequest>();
    const token = sessionToken(headers.cookie);
    if (token === undefined || !(await this.sessions.isOpen(token, params.tenant))) {
      throw new UnauthorizedException('Sign in first.');
    }
    return true;
  }
}
