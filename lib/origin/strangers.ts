import type { MarkedText } from './origin-search.js';
import { isPublicSuffix } from './public-suffix.js';
import { isRegistry } from './registrable-name.js';

/** What the end of a host says of who owns it: `undefined` where more of the host has to be read. */
export type Ownership = 'own' | 'public-suffix' | 'too-wide' | undefined;

/** Schemes whose hosts are drawn at random in each installation, so that no expression can name them. */
const RANDOM_HOSTS: ReadonlySet<string> = new Set(['moz-extension', 'safari-web-extension', 'vscode-webview']);

export function hasRandomHosts(scheme: string): boolean {
  return RANDOM_HOSTS.has(scheme);
}

/**
 * Whether the author of an expression names the owner of a host, of which the end is given. A name belongs to whoever
 * registered the label before its public suffix, so that label decides:
 *
 * - below a registry (`com`, `co.uk`) it has to be spelled out: `evilexample.com` is not `example.com`;
 * - below a company's suffix (`vercel.app`) a part of it has to be: `my-app-x1-team` has the owner's words in it.
 */
export function ownershipOf({ text, marks }: MarkedText, isWhole: boolean): Ownership {
  if (/(?:^|\.)[0-9]+$|\]$/.test(text)) {
    return 'own';
  }
  const isOpen = marks.includes('f');
  if (isPublicSuffix(text)) {
    return isWhole ? (/l/.test(marks) ? 'own' : 'too-wide') : undefined;
  }
  const length = `${text}.`.indexOf('.');
  const label = marks.slice(0, length);
  if (!isOpen) {
    return 'own';
  }
  if (label.length < marks.length && marks.includes('f', length)) {
    return 'too-wide';
  }
  if (hasSpelledOut(text.slice(0, length), label)) {
    return isRegistry(text.slice(length + 1)) ? 'too-wide' : 'own';
  }
  return 'public-suffix';
}

/** Whether a letter or digit of a label is spelled out. */
function hasSpelledOut(label: string, marks: string): boolean {
  return [...label].some((character, index) => marks[index] === 'l' && /[a-z0-9]/.test(character));
}

/** Names that anyone could own, to try an expression with. */
export const STRANGERS: readonly string[] = [
  'https://evil.example',
  'http://evil.example:8080',
  'https://203.0.113.7',
  'http://203.0.113.7:8080',
  'https://[2001:db8::7]',
];

/** Suffixes below which anyone can get a name from a company, to try an expression with. */
export const HOSTING_SUFFIXES: readonly string[] = [
  'a.run.app',
  'azurewebsites.net',
  'blob.core.windows.net',
  'cloudfront.net',
  'co.uk',
  'firebaseapp.com',
  'github.io',
  'herokuapp.com',
  'netlify.app',
  'pages.dev',
  's3.amazonaws.com',
  'up.railway.app',
  'us-east-1.elasticbeanstalk.com',
  'vercel.app',
  'web.app',
];

/** Names of strangers that resemble what an expression spells out. */
export function lookalikesOf(literals: readonly string[]): readonly string[] {
  return namesIn(literals).flatMap((name) => [
    `https://${name}.evil.example`,
    ...(isBelowRegistry(name) ? [`https://evil${name}`] : []),
  ]);
}

/** The domains among the runs of characters that an expression spells out. */
export function domainsOf(literals: readonly string[]): readonly string[] {
  return namesIn(literals.map((literal) => literal.replace(/^\./, ''))).filter((name) => !isPublicSuffix(name));
}

function namesIn(literals: readonly string[]): readonly string[] {
  return literals.filter((literal) => /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+$/.test(literal));
}

/** Whether a name has one label before the suffix of a registry, so that what is written before it makes another name. */
function isBelowRegistry(name: string): boolean {
  const suffix = name.slice(name.indexOf('.') + 1);
  return isPublicSuffix(suffix) && isRegistry(suffix);
}
