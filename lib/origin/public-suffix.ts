import { getPublicSuffix } from 'tldts';
import { listedSuffixBelow } from './deep-suffixes.js';
import { hostingNameBelow, isHostingName } from './hosting-names.js';
import type { OriginPattern } from './origin-pattern.js';

/**
 * Whether anyone can register a name directly below `domain`, so that a pattern over it allows strangers.
 *
 * Counts suffixes of companies (`github.io`) as well as those of registries (`co.uk`), names of hosting services that the
 * list lacks (`nip.io`), and single labels that are in no list (`internal`), as the list's own default rule has it.
 * `localhost` is nobody's registry.
 *
 * @see https://github.com/publicsuffix/list/wiki/Format#algorithm
 */
export function isPublicSuffix(domain: string): boolean {
  const name = withoutRootDot(domain);
  return (
    name !== 'localhost' &&
    (isHostingName(name) ||
      getPublicSuffix(name, { allowPrivateDomains: true, extractHostname: false, validateHostname: false }) === name)
  );
}

/**
 * The public suffix that names below `domain` may be registered under: `domain` itself, or one below it. A pattern over
 * `amazonaws.com` allows all of `s3.amazonaws.com`, where anyone can have a bucket.
 *
 * @returns `undefined` where all names below `domain` are its owner's.
 */
export function publicSuffixWithin(domain: string): string | undefined {
  const name = withoutRootDot(domain);
  return isPublicSuffix(name) ? name : (listedSuffixBelow(name) ?? hostingNameBelow(name));
}

/** The public suffix of which a pattern allows names; `undefined` where it allows none of strangers. */
export function coveredPublicSuffix({ subdomains, host }: OriginPattern): string | undefined {
  return subdomains ? publicSuffixWithin(host) : undefined;
}

function withoutRootDot(domain: string): string {
  return domain.endsWith('.') ? domain.slice(0, -1) : domain;
}
