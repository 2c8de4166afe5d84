import { listedSuffixBelow } from './deep-suffixes.js';
import { hostingNameBelow, isHostingName } from './hosting-names.js';
import type { OriginPattern } from './origin-pattern.js';
import { listedSuffix } from './suffix-list.js';

/** Top-level names of networks without a registry: the operator of the network gives the names below. */
const LOCAL_NAMES: ReadonlySet<string> = new Set(
  'corp home internal intranet lan local localdomain private'.split(' '),
);

/**
 * Whether anyone can register a name directly below `domain`, so that a pattern over it allows other owners.
 *
 * True for suffixes of companies (`github.io`) and of registries (`co.uk`), and for hosting services that the list lacks
 * (`nip.io`). By the list's own default rule, it is also true for single labels that are in no list (`internal`). `localhost` is no
 * registry.
 *
 * @see https://github.com/publicsuffix/list/wiki/Format#algorithm
 */
export function isPublicSuffix(domain: string): boolean {
  const name = withoutRootDot(domain);
  return name !== 'localhost' && (isHostingName(name) || listedSuffix(name, true)?.suffix === name);
}

/**
 * Whether names below a public suffix are registered one by one, as below `co.uk`, so that a similar name has another owner. Below
 * `vercel.app` and the like, a part of a label can show its owner.
 */
export function isRegistry(suffix: string): boolean {
  if (isHostingName(suffix)) {
    return false;
  }
  const listed = listedSuffix(suffix, false);
  return listed?.suffix === suffix && (listed.isRegistry || !LOCAL_NAMES.has(suffix));
}

/**
 * The public suffix that names below `domain` may be registered under: `domain` itself, or one below it. A pattern over
 * `amazonaws.com` allows all of `s3.amazonaws.com`, where anyone can have a bucket.
 *
 * @returns `undefined` where one owner has all names below `domain`.
 */
export function publicSuffixWithin(domain: string): string | undefined {
  const name = withoutRootDot(domain);
  return isPublicSuffix(name) ? name : (listedSuffixBelow(name) ?? hostingNameBelow(name));
}

/** The public suffix below which a pattern allows names; `undefined` where it allows no other owners. */
export function coveredPublicSuffix({ subdomains, host }: OriginPattern): string | undefined {
  return subdomains ? publicSuffixWithin(host) : undefined;
}

function withoutRootDot(domain: string): string {
  return domain.endsWith('.') ? domain.slice(0, -1) : domain;
}
