import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import { isSameOrigin } from '../../fetch/same-origin.js';
import { nodeRequest } from '../../request/incoming-request.js';
import { header, hostOf } from './devtools.requests.js';

/**
 * Answers 403 to requests that a browser makes for another origin's page. It could not read the answer, but an
 * explanation runs lookups, and a stream takes a place.
 */
@Injectable()
export class OwnPageGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const request: unknown = context.switchToHttp().getRequest();
    const site = header(request, 'sec-fetch-site');
    const { headers } = nodeRequest(request);
    // A browser of before Fetch Metadata, or at a host without TLS, tells it by Origin where it posts a form.
    const isOwn =
      site === undefined
        ? headers.origin === undefined || isSameOrigin(headers.origin, headers, hostOf(request))
        : site === 'same-origin' || site === 'none';
    if (!isOwn) {
      throw new ForbiddenException('The CORS devtools answer their own page only.');
    }
    return true;
  }
}
