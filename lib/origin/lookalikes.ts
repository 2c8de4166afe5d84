import { listedSuffixesBelow } from './deep-suffixes.js';
import { hostingNameBelow } from './hosting-names.js';
import { addressesLike, isIPv4End } from './network-address.js';
import type { MarkedText } from './origin-search.js';
import { isPublicSuffix, isRegistry } from './public-suffix.js';
import { ownershipOf, weighed } from './strangers.js';

/** Beginnings of imitated names. There are several, since a lookaround may refuse some. */
const BEGINNINGS = ['evil', 'evil-', 'a', 'a-', 'my', 'my-', 'not', 'not-', 'q', '7', '7-', 'x--'];

/** Endings of imitated names. */
const ENDINGS = ['.evil.example', '.evil.net', '.evil.com', '-evil.com', 'evil.com', '.tk'];

/** Labels that services put before their own name: regions, clusters. */
const REGIONS = ['us-east-1', 'eu-central-1', 'eu-west-1', 'ap-east-1', 'westeurope', 'eu', 'us', '1'];

/** Names of other owners that resemble the names that an expression spells out. */
export function lookalikesOf(literals: readonly string[]): readonly string[] {
  return [
    ...literals.flatMap((literal) => (isName(literal) ? besideName(literal) : [])),
    ...literals.flatMap((literal) =>
      isName(literal.slice(1)) && literal.startsWith('.') ? afterName(`a${literal}`) : [],
    ),
  ];
}

/** The domains that an expression spells out. */
export function domainsOf(literals: readonly string[]): readonly string[] {
  return literals.map((literal) => literal.replace(/^\./, '')).filter((name) => isName(name) && !isPublicSuffix(name));
}

function isName(literal: string): boolean {
  return /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+$/.test(literal);
}

function besideName(name: string): readonly string[] {
  const parent = name.slice(name.indexOf('.') + 1);
  const beginnings = !isPublicSuffix(parent) ? [] : isRegistry(parent) ? BEGINNINGS : ['evil', 'a', '7'];
  return [
    ...afterName(name),
    ...afterName(`a.${name}`),
    ...beginnings.map((beginning) => `https://${beginning}${name}`),
  ];
}

function afterName(name: string): readonly string[] {
  return ENDINGS.map((ending) => `https://${name}${ending}`);
}

/**
 * Origins of other owners that resemble one that a search has found. `https://evilexample.com` reads better than
 * `https://xexample.com`, and a lookaround may refuse one of them.
 *
 * @param found The end of the host that has no owner.
 */
export function originsLike(origin: MarkedText, found: MarkedText): readonly string[] {
  const host = weighed(found);
  if (host.text.endsWith(']') || isIPv4End(host.text)) {
    return [origin.text, ...addressesLike(host).map((address) => replacedHost(origin, host, address))];
  }
  const parent = host.text.slice(host.text.indexOf('.') + 1);
  return ownershipOf(host, true) === 'public-suffix' && !isPublicSuffix(parent)
    ? [...belowSuffixesOf(parent), ...REGIONS.flatMap((region) => inRegion(origin, host, region))]
    : namesLike(origin, host);
}

/** Names below each suffix that is below `parent`: `evil.s3.amazonaws.com`. */
function belowSuffixesOf(parent: string): readonly string[] {
  const hosting = hostingNameBelow(parent) ?? [];
  return [...listedSuffixesBelow(parent), hosting].flat().map((suffix) => `https://evil.${suffix}`);
}

/** Names with a region in place of the open label: `s3.*.amazonaws.com`. */
function inRegion(origin: MarkedText, host: MarkedText, region: string): readonly string[] {
  const dot = host.text.indexOf('.');
  const at = origin.text.lastIndexOf(host.text);
  const start = origin.text.indexOf('//') + 2;
  const text = origin.text.slice(start, at) + region + host.text.slice(dot);
  const marks = origin.marks.slice(start, at) + 'l'.repeat(region.length) + host.marks.slice(dot);
  const after = origin.text.slice(at + host.text.length);
  for (let cut = text.lastIndexOf('.'); ; cut = text.lastIndexOf('.', cut - 1)) {
    const end = { text: text.slice(cut + 1), marks: marks.slice(cut + 1) };
    const ownership = ownershipOf(end, cut === -1);
    if (ownership !== undefined) {
      const concrete = { text: origin.text.slice(0, start) + text + after, marks: '' };
      return ownership === 'own' ? [] : namesLike(concrete, weighed(end));
    }
  }
}

function namesLike(origin: MarkedText, host: MarkedText): readonly string[] {
  const open = /f+/.exec(host.marks) as RegExpExecArray;
  const isFirstLabel = !host.text.slice(0, open.index).includes('.');
  const imitated = BEGINNINGS.map((beginning) => replaced(host.text, open.index, open[0].length, beginning));
  const spelled = [...'eaq7'].flatMap((letter) => [filled(host, letter), filled(host, letter, '-')]);
  const [first, ...others] = isFirstLabel ? imitated : [host.text];
  return [first as string, host.text, ...others, ...spelled].map((each) => replacedHost(origin, host, each));
}

/** @param last The last open character. */
function filled({ text, marks }: MarkedText, letter: string, last = letter): string {
  const end = marks.lastIndexOf('f');
  return [...text].map((each, index) => (index === end ? last : marks[index] === 'f' ? letter : each)).join('');
}

function replacedHost({ text }: MarkedText, host: MarkedText, by: string): string {
  return replaced(text, text.lastIndexOf(host.text), host.text.length, by);
}

/** A string with `length` of its characters replaced. */
export function replaced(text: string, at: number, length: number, by: string): string {
  return text.slice(0, at) + by + text.slice(at + length);
}

/** Origins of other owners, to test an expression with. */
export const STRANGERS: readonly string[] = [
  'https://evil.example',
  'http://evil.example:8080',
  'https://203.0.113.7',
  'http://203.0.113.7:8080',
  'https://[2001:db8::7]',
];

/** Suffixes of companies below which anyone can get a name, to test an expression with. */
export const HOSTING_SUFFIXES: readonly string[] = (
  'a.run.app azurewebsites.net blob.core.windows.net cloudfront.net co.uk firebaseapp.com github.io herokuapp.com ' +
  'netlify.app pages.dev s3.amazonaws.com up.railway.app us-east-1.elasticbeanstalk.com vercel.app web.app'
).split(' ');
