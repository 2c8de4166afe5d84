import { type CanActivate, type ExecutionContext, ForbiddenException, Inject, Injectable } from '@nestjs/common';
import { CORS_DEVTOOLS_OPTIONS, type ResolvedDevtoolsOptions } from './devtools.options.js';
import { header, hostOf, remoteAddressOf } from './devtools.requests.js';
import { isLoopbackAddress, isLoopbackName, parseHost } from './loopback.js';

/** Headers that proxies add. A proxy on this machine may forward for clients anywhere. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const;

const ALLOW = 'CorsDevtoolsModule.forRoot({ allowRemoteClients: true }) allows other clients.';

/** Answers 403 to clients on other machines, and to requests for other names than this machine's own. */
@Injectable()
export class LoopbackGuard implements CanActivate {
  constructor(@Inject(CORS_DEVTOOLS_OPTIONS) private readonly options: ResolvedDevtoolsOptions) {}

  canActivate(context: ExecutionContext): true {
    if (!this.options.allowRemoteClients) {
      this.assertLocal(context.switchToHttp().getRequest());
    }
    return true;
  }

  private assertLocal(request: unknown): void {
    if (!isLoopbackAddress(remoteAddressOf(request))) {
      throw new ForbiddenException(`The CORS devtools answer clients on their own machine only. ${ALLOW}`);
    }
    const forwarded = FORWARDED.find((name) => header(request, name) !== undefined);
    if (forwarded !== undefined) {
      throw new ForbiddenException(
        `The CORS devtools do not answer requests that a proxy has forwarded, and this one has ${forwarded}. ${ALLOW}`,
      );
    }
    const host = parseHost(hostOf(request));
    if (host === undefined || !isLoopbackName(host.name)) {
      throw new ForbiddenException(
        `The CORS devtools answer under a name of their own machine only: localhost, *.localhost, 127.0.0.1 or [::1]. ${ALLOW}`,
      );
    }
  }
}
