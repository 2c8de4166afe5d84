import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import { isSameOrigin } from '../../fetch/same-origin.js';
import { nodeRequest } from '../../request/incoming-request.js';
import { header, hostOf } from './devtools.requests.js';

/**
 * Answers 403 to requests of another origin's page. The page could not read the response, but an explanation calls lookups,
 * and a stream takes a place.
 */
@Injectable()
export class OwnPageGuard implements CanActivate {
  canActivate(context: ExecutionContext): true {
    const request: unknown = context.switchToHttp().getRequest();
    const site = header(request, 'sec-fetch-site');
    const { headers } = nodeRequest(request);
    // A browser without Fetch Metadata, or at a host without TLS, sends Origin when it posts a form.
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
