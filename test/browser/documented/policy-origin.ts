import type { OriginData, PolicyData } from './policy.js';

/** Whether a policy allows an origin, by what docs/policies.md says about `origin`, `originLookup` and `@DisableCors()`. */
export function allowsOrigin({ origin, lookup, disabled }: PolicyData, asking: string): boolean {
  if (disabled) {
    return false;
  }
  // "It is asked about real origins only."
  const lookedUp = asking !== 'null' && (lookup?.includes(asking) ?? false);
  return lookedUp || (origin !== undefined && isNamed(origin, asking));
}

/** Whether a policy is the static `'*'`, under which every response says so. */
export function allowsEveryOrigin({ origin, disabled }: PolicyData): boolean {
  return !disabled && origin === '*';
}

function isNamed(origin: OriginData, asking: string): boolean {
  if (origin === '*') {
    return true;
  }
  if (origin === false) {
    return false;
  }
  if (typeof origin === 'string') {
    return matches(origin, asking);
  }
  if (origin instanceof RegExp) {
    return origin.test(asking);
  }
  if ('function' in origin) {
    return asking !== 'null' && origin.function.includes(asking);
  }
  return origin.some((entry) => (typeof entry === 'string' ? matches(entry, asking) : entry.test(asking)));
}

/** The language of docs/origin-language.md: a star for whole labels at the left end of the host, a star for the port. */
function matches(entry: string, asking: string): boolean {
  if (!entry.includes('*')) {
    return entry === asking;
  }
  const [scheme = '', authority = ''] = entry.split('://');
  const [askingScheme = '', askingAuthority = ''] = asking.split('://');
  const anyPort = authority.endsWith(':*');
  const host = anyPort ? authority.slice(0, -2) : authority;
  const askingHost = anyPort ? askingAuthority.replace(/:\d+$/, '') : askingAuthority;
  if (scheme !== askingScheme) {
    return false;
  }
  return host.startsWith('*.')
    ? askingHost.endsWith(host.slice(1)) && askingHost.length > host.length - 1
    : askingHost === host;
}
