import type { DevtoolsSession } from './devtools-session.js';
import { header, hostOf, pathOf } from './devtools.requests.js';
import { nodeRequest } from '../../request/incoming-request.js';
import { parseHost } from './loopback.js';

/** Whether the request is from a browser with the session's cookie, or from a program with the token of the options. */
export function isSignedIn(request: unknown, session: DevtoolsSession): boolean {
  const [, token] = /^Bearer +(\S+)$/i.exec(header(request, 'authorization') ?? '') ?? [];
  return (token !== undefined && session.isFixed(token)) || cookiesOf(request).some((value) => session.isCookie(value));
}

/**
 * The `Set-Cookie` that signs a browser in. The browser sends it to the devtools alone: not to another path, and not with
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

/** Cookies know no ports: `localhost:3000` and `localhost:4000` need names of their own, also behind mapped ports. */
function cookieName(request: unknown): string {
  const local = String(nodeRequest(request).socket.localPort ?? 'socket');
  const asked = parseHost(hostOf(request))?.port ?? local;
  return ['nestjs-cors-devtools', local, ...(asked === local ? [] : [asked])].join('-');
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
