import { hasOwnersWords, isOwnersName } from '../origin/hosted-label.js';
import { parseOriginPattern } from '../origin/origin-pattern.js';
import { publicSuffixWithin } from '../origin/public-suffix.js';
import { defaultPort, isLoopbackHost, parseSerializedOrigin } from '../origin/serialized-origin.js';
import { SAFARI_EXTENSION } from './origin-problems.js';
import { previewHint } from './preview-hosts.js';

/** Bounds of what a person may have mistyped. */
const MAX_LENGTH = 256;
const MAX_STARS = 4;

/** Scheme, host and port. `http*`, `http(s)` and `https?` stand for both schemes. */
const PARTS = /^(?:(\*|https?\*?\??|http\(s\)\??|[a-z][a-z0-9+.-]*):\/\/)?([a-z0-9*._-]+)(?::([0-9]{1,5}|\*))?\/?$/;
const ADDRESS = /^[0-9]{1,3}(?:\.(?:[0-9]{1,3}|\*)){1,3}$/;

type Parts = readonly [text: string, scheme: string | undefined, host: string, port: string | undefined];

/** Hints for a scheme with a star in place of the host. */
const CLIENTS: ReadonlyMap<string, string> = new Map([
  ['app', 'Write the host of your app: "app://my-app".'],
  ['capacitor', 'Write "capacitor://localhost".'],
  ['chrome-extension', 'Write the id of your extension: "chrome-extension://abcdefghijklmnopabcdefghijklmnop".'],
  ['ionic', 'Write "ionic://localhost".'],
  [
    'moz-extension',
    'Write /^moz-extension:\\/\\/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, which allows every extension of Firefox: ' +
      'each installation has an id of its own.',
  ],
  ['safari-web-extension', SAFARI_EXTENSION],
  ['tauri', 'Write "tauri://localhost".'],
]);

/**
 * What to write for a star in a wrong place: an expression, a pattern or a list. It allows no names of other owners, unless a
 * hosting service gives every customer a name there.
 *
 * @returns `undefined` where it would be a guess.
 */
export function wildcardHint(text: string): string | undefined {
  const parts = text.length > MAX_LENGTH ? null : PARTS.exec(text.trim().toLowerCase());
  if (parts === null) {
    return undefined;
  }
  const [, writtenScheme, host, writtenPort] = parts as unknown as Parts;
  const scheme = schemeOf(writtenScheme, host);
  const port = Number(writtenPort) === defaultPort(scheme) ? undefined : writtenPort;
  const client = host === '*' ? CLIENTS.get(scheme) : undefined;
  if (client !== undefined) {
    return client;
  }
  if (host.split('*').length - 1 > MAX_STARS) {
    return undefined;
  }
  if (!host.includes('*')) {
    // `http*://app.example.com`, `https?://app.example.com`
    return writtenScheme === scheme || writtenScheme === undefined
      ? undefined
      : acceptable(`${scheme}://${host}${atPort(port)}`, (origin) => `Write "${origin}".`);
  }
  return ADDRESS.test(host) ? addressHint(scheme, host, port) : nameHint(scheme, host, port);
}

function schemeOf(written: string | undefined, host: string): string {
  if (written === undefined) {
    return ADDRESS.test(host) || host.startsWith('localhost') ? 'http' : 'https';
  }
  return /^[a-z][a-z0-9+.-]*$/.test(written) ? written : 'https';
}

/** `192.168.*`, `192.168.*.*`: a star at the end stands for the rest of the four numbers. */
function addressHint(scheme: string, host: string, port: string | undefined): string | undefined {
  const numbers = host.split('.');
  if (numbers.length < 4 && numbers.at(-1) !== '*') {
    return undefined;
  }
  const all = [...numbers, '*', '*', '*'].slice(0, 4);
  const source = all.map((number) => (number === '*' ? '[0-9]{1,3}' : number)).join('\\.');
  return expressionHint(scheme, source, port, isLoopbackHost(all.join('.').replaceAll('*', '0')));
}

function nameHint(scheme: string, host: string, port: string | undefined): string | undefined {
  const labels = host.replaceAll(/\*+/g, '*').split('.');
  const last = labels.findLastIndex((label) => label.includes('*'));
  const own = labels.slice(last + 1).join('.');
  if (/^localhost\*$/.test(host)) {
    return `Write "${scheme}://localhost:*".`;
  }
  if (own === '') {
    return otherEndings(scheme, labels, port);
  }
  if (labels.slice(0, last + 1).every((label) => label === '*')) {
    return acceptable(
      `${scheme}://*.${own}${atPort(port)}`,
      (pattern) => `Write "${pattern}", which stands for any number of labels.`,
    );
  }
  if (publicSuffixWithin(own) !== undefined) {
    return last === 0 ? besideSuffix(scheme, labels[0] as string, own, port) : undefined;
  }
  const source = labels.map((label) => label.replace('*', '[a-z0-9-]+')).join('\\.');
  return labels.every((label) => label.split('*').length <= 2)
    ? expressionHint(scheme, source, port, false)
    : undefined;
}

/** `example.*`: another owner may have registered the name under another ending. */
function otherEndings(scheme: string, labels: readonly string[], port: string | undefined): string | undefined {
  const name = labels.slice(0, -1).join('.');
  return labels.at(-1) === '*' && name !== '' && !name.includes('*')
    ? acceptable(
        `${scheme}://${name}.com${atPort(port)}`,
        (origin) => `Write each name in full: ["${origin}", "${scheme}://${name}.org${atPort(port)}"].`,
      )
    : undefined;
}

/** A star within a label directly below a public suffix, where every name has another owner. */
function besideSuffix(scheme: string, label: string, suffix: string, port: string | undefined): string | undefined {
  const star = label.indexOf('*');
  if (star !== label.lastIndexOf('*')) {
    return undefined;
  }
  const before = label.slice(0, star);
  const after = label.slice(star + 1);
  if (before === '' && /^[a-z0-9]/.test(after)) {
    const name = `${after}.${suffix}${atPort(port)}`;
    return acceptable(`${scheme}://${name}`, (origin) => `Write ["${origin}", "${scheme}://*.${name}"].`);
  }
  // Netlify has the site's name at the end, without two hyphens in a row.
  const project = suffix === 'netlify.app' ? after.replace(/^-+/, '') : before.replace(/-+$/, '');
  const isOwn = suffix === 'netlify.app' ? project !== '' : isOwnersName(project);
  const preview =
    scheme === 'https' && port === undefined ? previewHint(suffix, isOwn ? project : undefined) : undefined;
  const open = `${before}x${after}`;
  return preview !== undefined &&
    /[a-z0-9]-$/.test(before) &&
    /^-[a-z0-9]/.test(after) &&
    hasOwnersWords(
      open,
      open.replaceAll(/./g, (_, index) => (index === before.length ? 'f' : 'l')),
      suffix,
    )
    ? expressionHint(scheme, `${before}[a-z0-9-]+${after}\\.${suffix.replaceAll('.', '\\.')}`, undefined, false)
    : preview;
}

function expressionHint(scheme: string, host: string, port: string | undefined, isLoopback: boolean): string {
  const ports = port === undefined ? '' : port === '*' ? '(?:|:[0-9]{1,5})' : `:${port}`;
  return `Write /^${scheme}:\\/\\/${host}${ports}$/.${isLoopback ? '' : unencrypted(scheme)}`;
}

/** The change that an unencrypted origin needs. */
function unencrypted(scheme: string): string {
  return scheme === 'http' ? " With credentials, add 'insecure-origin' to the policy's dangerouslyAllow." : '';
}

function atPort(port: string | undefined): string {
  return port === undefined ? '' : `:${port}`;
}

/** The hint, if its origin or pattern is read as such and allows no other owners. */
function acceptable(text: string, hint: (text: string) => string): string | undefined {
  const pattern = parseOriginPattern(text);
  const isOwn = pattern === undefined || !pattern.subdomains || publicSuffixWithin(pattern.host) === undefined;
  const origin = pattern ?? parseSerializedOrigin(text);
  return isOwn && origin !== undefined
    ? `${hint(text)}${isLoopbackHost(origin.host) ? '' : unencrypted(origin.scheme)}`
    : undefined;
}
