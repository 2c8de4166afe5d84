import { parse } from 'tldts';
import { isHostingName } from './hosting-names.js';

/** Top-level names of networks without a registry: the operator of the network gives the names below. */
const LOCAL_NAMES: ReadonlySet<string> = new Set([
  'corp',
  'home',
  'internal',
  'intranet',
  'lan',
  'local',
  'localdomain',
  'private',
]);

/**
 * Whether names below a public suffix are registered one by one with a registry, as below `co.uk`, so that a name that
 * resembles another one is a stranger's. Below `vercel.app` and its kin a label may have parts that its owner always writes.
 */
export function isRegistry(suffix: string): boolean {
  if (isHostingName(suffix)) {
    return false;
  }
  const { publicSuffix, isIcann } = parse(suffix, { allowPrivateDomains: false, extractHostname: false });
  return publicSuffix === suffix && (isIcann === true || !LOCAL_NAMES.has(suffix));
}
