import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
  UnauthorizedException,
} from '@nestjs/common';
import { DevtoolsSession } from './devtools-session.js';
import { queryOf } from './devtools.requests.js';
import { isSignedIn } from './session-cookie.js';

const ENTRANCE = 'nestjs-cors:devtools-entrance';

/** Marks a route that signs in by itself, or takes the sending page's ticket. Other routes need the session's cookie. */
export const Entrance = (kind: 'token' | 'ticket') => SetMetadata(ENTRANCE, kind);

/**
 * Answers 401 to clients that have not opened a URL with a token. An address is not enough: behind a proxy on this machine
 * that adds no header, every client looks local.
 */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(@Inject(DevtoolsSession) private readonly session: DevtoolsSession) {}

  canActivate(context: ExecutionContext): true {
    const request: unknown = context.switchToHttp().getRequest();
    const entrance: unknown = Reflect.getMetadata(ENTRANCE, context.getHandler());
    const ticket = entrance === 'ticket' ? queryOf(request).get('ticket') : null;
    if (
      entrance !== 'token' &&
      !(ticket !== null && this.session.isTicket(ticket)) &&
      !isSignedIn(request, this.session)
    ) {
      throw new UnauthorizedException(
        'The CORS devtools answer a browser that has opened their URL with its token. The application logs the URL when ' +
          'it starts to listen; app.get(CorsDevtools).url() makes another. Programs send the token of ' +
          'CorsDevtoolsModule.forRoot() as Authorization: Bearer.',
      );
    }
    return true;
  }
}
