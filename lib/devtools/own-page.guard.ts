import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import { header } from './devtools.requests.js';

/**
 * Answers 403 to requests that a browser makes for another origin's page. It could not read the answer, but an
 * explanation runs lookups, and a stream takes a place.
 */
@Injectable()
export class OwnPageGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const site = header(context.switchToHttp().getRequest(), 'sec-fetch-site');
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      throw new ForbiddenException('The CORS devtools answer their own page only.');
    }
    return true;
  }
}
