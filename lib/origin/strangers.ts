import { hasOwnersWords } from './hosted-label.js';
import { isIPv4End, isOwnAddress } from './network-address.js';
import type { MarkedText } from './origin-search.js';
import { isPublicSuffix, isRegistry, publicSuffixWithin } from './public-suffix.js';
import { FREE_FROM } from './regexp-syntax.js';

/** Who owns a host, according to its end; `undefined` where more of the host has to be read. */
export type Ownership = 'own' | 'public-suffix' | 'too-wide' | undefined;

/** Schemes with a random host in each installation, which no expression can name. */
const RANDOM_HOSTS: ReadonlySet<string> = new Set(['moz-extension', 'safari-web-extension', 'vscode-webview']);

export function hasRandomHosts(scheme: string): boolean {
  return RANDOM_HOSTS.has(scheme);
}

/**
 * The host with the marks `f` and `l` only. A class of few characters counts as spelled out, unless the classes of one label
 * make too many names: `[abc][def][ghi]`.
 */
export function weighed({ text, marks }: MarkedText): MarkedText {
  let start = 0;
  const labels = text.split('.').map((label) => {
    const part = marks.slice(start, start + label.length);
    start += label.length + 1;
    const names = [...part.replace(/\D/g, '')].reduce((product, size) => product * Number(size), 1);
    return part.replace(/\d/g, names < FREE_FROM ? 'l' : 'f');
  });
  return { text, marks: labels.join('l') };
}

/**
 * Whether an expression names the owner of a host whose end is given. The label before the public suffix tells the owner:
 *
 * - below a registry (`com`, `co.uk`), the whole label has to be spelled out: `evilexample.com` is not `example.com`;
 * - below a company's suffix (`vercel.app`), a part of it is enough: `my-app-x1-team` has the owner's words.
 *
 * A name with public suffixes below it, such as `amazonaws.com`, tells no owner yet.
 */
export function ownershipOf(host: MarkedText, isWhole: boolean): Ownership {
  const { text, marks } = weighed(host);
  if (text.endsWith(']')) {
    return isOwnAddress({ text, marks }) ? 'own' : 'too-wide';
  }
  if (isIPv4End(text)) {
    return ownershipOfNumbers({ text, marks }, isWhole);
  }
  const length = `${text}.`.indexOf('.');
  const parent = text.slice(length + 1);
  const isOpen = marks.slice(0, length).includes('f');
  if (marks.includes('f', length)) {
    return 'too-wide';
  }
  if (isPublicSuffix(text)) {
    return parent === '' ? singleLabel(marks, isWhole) : isOpen ? 'public-suffix' : ownUnlessMore(isWhole);
  }
  if (!isOpen) {
    return publicSuffixWithin(text) === undefined ? 'own' : ownUnlessMore(isWhole);
  }
  return !isAboveSuffix(host) && hasSpelledOut(text.slice(0, length), marks.slice(0, length))
    ? ownershipBelow(parent, text, marks)
    : 'public-suffix';
}

/** `com`, or the whole of `intranet`. */
function singleLabel(marks: string, isWhole: boolean): Ownership {
  return isWhole ? (marks.includes('l') ? 'own' : 'too-wide') : undefined;
}

function ownUnlessMore(isWhole: boolean): Ownership {
  return isWhole ? 'own' : undefined;
}

/** Whether an open label stands before a name that is not a suffix and has suffixes below it: `*.amazonaws.com`. */
export function isAboveSuffix({ text }: MarkedText): boolean {
  const dot = text.indexOf('.');
  return dot !== -1 && !isPublicSuffix(text.slice(dot + 1)) && publicSuffixWithin(text.slice(dot + 1)) !== undefined;
}

/** Ownership of a label before `parent` that is spelled out in part. */
function ownershipBelow(parent: string, text: string, marks: string): Ownership {
  if (isRegistry(parent)) {
    return 'too-wide';
  }
  const length = text.length - parent.length - 1;
  // A local network has names of one owner: `app-1.internal`.
  const isLocal = !parent.includes('.');
  return isLocal || hasOwnersWords(text.slice(0, length), marks.slice(0, length), parent) ? 'own' : 'public-suffix';
}

function ownershipOfNumbers(host: MarkedText, isWhole: boolean): Ownership {
  const numbers = host.text.split('.').length;
  if (!isWhole) {
    return numbers < 4 ? undefined : 'own';
  }
  return numbers !== 4 || isOwnAddress(host) ? 'own' : 'too-wide';
}

/** Whether a letter or digit of a label is spelled out. */
function hasSpelledOut(label: string, marks: string): boolean {
  return [...label].some((character, index) => marks[index] === 'l' && /[a-z0-9]/.test(character));
}
