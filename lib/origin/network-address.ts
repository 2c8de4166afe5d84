import type { MarkedText } from './origin-search.js';

/**
 * Private networks: routers on the internet forward none of these addresses.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const OWN_IPV4 =
  /^(?:0|10|127)\.|^192\.168\.|^172\.(?:1[6-9]|2[0-9]|3[01])\.|^169\.254\.|^100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\./;
const OWN_IPV6 = /^\[(?:::1\]|f[cd]|fe[89ab])/;

/** Providers share nothing smaller than a /24 or a /48 among customers. */
const GROUPS_OF_OWNER = 3;

/** Replacements for an open digit. */
const DIGITS = '8152';

export function isIPv4End(text: string): boolean {
  return /(?:^|\.)[0-9]+$/.test(text);
}

/** Whether an IP address is on a private network, or in a block that the expression spells out. */
export function isOwnAddress({ text, marks }: MarkedText): boolean {
  const open = marks.indexOf('f');
  if (open === -1) {
    return true;
  }
  const spelled = text.slice(0, open);
  return text.endsWith(']')
    ? OWN_IPV6.test(spelled) || groupsOf(spelled) >= GROUPS_OF_OWNER
    : spelled.split('.').length > GROUPS_OF_OWNER || fillings({ text, marks }).every((each) => OWN_IPV4.test(each));
}

/** How many groups the beginning of an IPv6 address has before a `::`. */
function groupsOf(spelled: string): number {
  const [beginning, afterGap] = spelled.split('::') as [string, string | undefined];
  return beginning.split(':').length - (afterGap === undefined ? 1 : 0);
}

/** Addresses to test where the one that was found is malformed, or refused by a lookaround. */
export function addressesLike(host: MarkedText): readonly string[] {
  if (!host.text.endsWith(']')) {
    return fillings(host).filter((each) => !OWN_IPV4.test(each));
  }
  const spelled = host.text.slice(0, host.marks.indexOf('f'));
  return ['::7]', 'a::7]', ':a::7]', '1450::7]', '1450:4001:0:7:7:7:7]', ':7]', '7]'].map((end) => spelled + end);
}

function fillings({ text, marks }: MarkedText): readonly string[] {
  return [...DIGITS].map((digit) => [...text].map((each, index) => (marks[index] === 'f' ? digit : each)).join(''));
}
