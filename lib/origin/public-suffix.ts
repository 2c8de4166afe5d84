import { getPublicSuffix } from 'tldts';
import type { OriginPattern } from './origin-pattern.js';

/**
 * Whether anyone can register a name directly below `domain`, so that a pattern over it allows strangers.
 *
 * Counts suffixes of companies (`github.io`) as well as those of registries (`co.uk`), and single labels that are in no
 * list (`internal`), as the list's own default rule has it. `localhost` is nobody's registry.
 *
 * @see https://github.com/publicsuffix/list/wiki/Format#algorithm
 */
export function isPublicSuffix(domain: string): boolean {
  const name = domain.endsWith('.') ? domain.slice(0, -1) : domain;
  return (
    name !== 'localhost' &&
    getPublicSuffix(name, { allowPrivateDomains: true, extractHostname: false, validateHostname: false }) === name
  );
}

/** Whether a pattern allows everybody who can register a name. */
export function coversPublicSuffix({ subdomains, host }: OriginPattern): boolean {
  return subdomains && isPublicSuffix(host);
}
