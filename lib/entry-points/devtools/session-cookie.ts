import type { DevtoolsSession } from './devtools-session.js';
import { header, hostOf, pathOf } from './devtools.requests.js';
import { nodeRequest } from '../../request/incoming-request.js';
import { parseHost } from './loopback.js';

/** Whether the request has the session's cookie, or the token of the options. */
export function isSignedIn(request: unknown, session: DevtoolsSession): boolean {
  const [, token] = /^Bearer +(\S+)$/i.exec(header(request, 'authorization') ?? '') ?? [];
  return (token !== undefined && session.isFixed(token)) || cookiesOf(request).some((value) => session.isCookie(value));
}

/**
 * The `Set-Cookie` that signs a browser in. The browser sends the cookie to the path of the devtools alone, and not with
 * requests of other sites' pages.
 */
export function signInCookie(request: unknown, session: DevtoolsSession): string {
  const path = pathOf(request)?.replace(/\/$/, '');
  const attributes = [
    `Path=${path || '/'}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(isEncrypted(request) ? ['Secure'] : []),
  ];
  return [`${cookieName(request)}=${session.cookie}`, ...attributes].join('; ');
}

/** Cookies ignore ports, so `localhost:3000` and `localhost:4000` need different names, also behind mapped ports. */
function cookieName(request: unknown): string {
  const local = String(nodeRequest(request).socket.localPort ?? 'socket');
  const requested = parseHost(hostOf(request))?.port ?? local;
  return ['nestjs-cors-devtools', local, ...(requested === local ? [] : [requested])].join('-');
}

function cookiesOf(request: unknown): readonly string[] {
  const start = `${cookieName(request)}=`;
  return (header(request, 'cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(start))
    .map((pair) => pair.slice(start.length));
}

function isEncrypted(request: unknown): boolean {
  return (nodeRequest(request).socket as { encrypted?: boolean }).encrypted === true;
}
