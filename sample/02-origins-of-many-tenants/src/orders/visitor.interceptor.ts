import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { map, type Observable } from 'rxjs';
import { Instance } from '../instances/instance.js';
import type { HeaderWriter } from '../sessions/session-cookie.js';

/**
 * Knows a shop's visitor again by a cookie, on whichever instance, and says in the answer who visited and which instance
 * answered. The shops are other sites than the service, as customers' are: hence `SameSite=None`, which needs `Secure`
 * (browsers count localhost as secure), and `Partitioned`, without which such cookies are blocked more and more.
 */
@Injectable()
export class VisitorInterceptor implements NestInterceptor {
  constructor(private readonly instance: Instance) {}

  intercept(context: ExecutionContext, next: CallHandler<object>): Observable<object> {
    const http = context.switchToHttp();
    const { cookie } = http.getRequest<{ headers: IncomingHttpHeaders }>().headers;
    const known = /(?:^|;\s*)visitor=([\da-f-]{36})(?:;|$)/.exec(cookie ?? '')?.[1];
    const visitor = known ?? randomUUID();
    if (known === undefined) {
      const attributes = 'Path=/; HttpOnly; Secure; SameSite=None; Partitioned';
      http.getResponse<HeaderWriter>().header('Set-Cookie', `visitor=${visitor}; ${attributes}`);
    }
    return next.handle().pipe(map((answer) => ({ instance: this.instance.number, visitor, ...answer })));
  }
}
