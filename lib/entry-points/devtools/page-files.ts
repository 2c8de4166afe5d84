import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { isLoopbackName, parseHost } from './loopback.js';
import { pageText } from './page-text.cjs';

/** The files that the page loads, with their media types. No other file of the folder is served. */
const ASSETS: ReadonlyMap<string, string> = new Map([
  ['style.css', 'text/css; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
  ...['main', 'copy', 'dom', 'routes', 'feed', 'explain', 'explanation', 'send', 'sender', 'sockets'].map(
    (name) => [`${name}.js`, 'text/javascript; charset=utf-8'] as const,
  ),
]);

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
  readonly contentSecurityPolicy: string;
  /** Replaces headers that every response has. */
  readonly headers?: OutgoingHttpHeaders;
}

export function assetNamed(name: string): PageFile | undefined {
  const type = ASSETS.get(name);
  // This also holds for an icon or a script that is opened as a document.
  return type === undefined
    ? undefined
    : { type, body: pageText(name), contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'" };
}

/** The page. `base` is the path of its files, relative to its own URL; `ticket` opens the sending page. */
export function mainPage(base: string, host: string | undefined, ticket: string): PageFile {
  return {
    type: 'text/html; charset=utf-8',
    body: pageText('index.html').replaceAll('{{base}}', base).replaceAll('{{ticket}}', ticket),
    contentSecurityPolicy: [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      `frame-src ${siblings(host)}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      // Origins and paths are hostile input, so the browser itself refuses to turn a string into markup.
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
  };
}

/**
 * The page in a hidden frame that sends real cross-origin requests to `page`, the origin of the devtools' page around it. No
 * other page can frame it, and it can send to no other origin.
 */
export function senderPage(page: string, ticket: string): PageFile {
  return {
    type: 'text/html; charset=utf-8',
    body: pageText('sender.html').replaceAll('{{ticket}}', ticket).replaceAll('{{page}}', page),
    contentSecurityPolicy: [
      "default-src 'none'",
      "script-src 'self'",
      `connect-src ${page}`,
      "base-uri 'none'",
      "form-action 'none'",
      `frame-ancestors ${page}`,
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
  };
}

/**
 * The page for a browser without a session. It loads no files, because they need the session too.
 * @param url where the application finds the page, for the sentence about its log
 * @param shown `hasForm`: the options have a token to enter; `isRefused`: another token was entered
 */
export function lockedPage(page: string, url: string, shown: { hasForm: boolean; isRefused?: boolean }): PageFile {
  const body = withPart('refused', shown.isRefused === true, withPart('form', shown.hasForm, pageText('locked.html')))
    .replaceAll('{{page}}', page)
    .replaceAll('{{url}}', () => escaped(url));
  const [, style = ''] = /<style>([^]*)<\/style>/.exec(body) ?? [];
  return {
    type: 'text/html; charset=utf-8',
    body,
    contentSecurityPolicy: [
      "default-src 'none'",
      `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
      "base-uri 'none'",
      `form-action ${shown.hasForm ? "'self'" : "'none'"}`,
      "frame-ancestors 'none'",
    ].join('; '),
    // With no-referrer, the form would be sent with `Origin: null`, which does not identify the page.
    headers: { 'Referrer-Policy': 'strict-origin' },
  };
}

/** The patterns of routes, and global prefixes, may have characters of markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The markup with or without the part between `<!-- name -->` and `<!-- /name -->`. */
function withPart(name: string, isShown: boolean, markup: string): string {
  return isShown ? markup : markup.replace(new RegExp(`<!-- ${name} -->[^]*<!-- /${name} -->`), '');
}

/** The origin of a page of this server: a name of this machine, with the port of the request. `undefined` for any other. */
export function localPageOrigin(text: string | null, host: string | undefined): string | undefined {
  const [, origin, authority] = /^(https?:\/\/([^/]+))$/.exec(text ?? '') ?? [];
  const page = parseHost(authority);
  return page !== undefined && isExpressible(page.name) && page.port === parseHost(host)?.port ? origin : undefined;
}

/** Other origins under which the browser reaches this server: other names of this machine. */
function siblings(hostHeader: string | undefined): string {
  const host = parseHost(hostHeader);
  if (host === undefined || !isExpressible(host.name)) {
    return "'none'";
  }
  const port = host.port === undefined ? '' : `:${host.port}`;
  return `localhost${port} *.localhost${port} 127.0.0.1${port}`;
}

/** Content-Security-Policy has no syntax for IPv6 addresses. */
function isExpressible(name: string): boolean {
  return isLoopbackName(name) && !name.startsWith('[');
}
