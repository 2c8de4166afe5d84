import { type CanActivate, type ExecutionContext, ForbiddenException, Inject, Injectable } from '@nestjs/common';
import { CORS_DEVTOOLS_OPTIONS, type ResolvedDevtoolsOptions } from './devtools.options.js';
import { header, hostOf, remoteAddressOf } from './devtools.requests.js';
import { isLoopbackAddress, isLoopbackName, parseHost } from './loopback.js';

/** What proxies add. One that forwards is on this machine itself, and whoever it forwards for may be anywhere. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const;

const ALLOW = 'CorsDevtoolsModule.forRoot({ allowRemoteClients: true }) lets others in.';

/** Answers 403 to whoever is not a browser on this machine that was pointed at this machine. */
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
        `The CORS devtools answer no requests that a proxy has forwarded, and this one has ${forwarded}. ${ALLOW}`,
      );
    }
    const host = parseHost(hostOf(request));
    if (host === undefined || !isLoopbackName(host.name)) {
      throw new ForbiddenException(
        `The CORS devtools answer by a name of their own machine only: localhost, *.localhost, 127.0.0.1 or [::1]. ${ALLOW}`,
      );
    }
  }
}
