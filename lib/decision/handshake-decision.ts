import { type ActualDecision, combineActual } from './actual-decision.js';

/** The facts that decide about a handshake without `Origin`. */
export interface HandshakeWithoutOrigin {
  /** Value of `Sec-Fetch-Site`; `undefined` without one. */
  readonly site: string | undefined;
  /** Whether the answer would be a script, which pages of any origin can load. */
  readonly isJsonp: boolean;
}

/**
 * Why a handshake without `Origin` is refused; `undefined` where no page of another origin can have caused it. Browsers send
 * `Origin` with every WebSocket and every `fetch()` of another origin, and leave it out for images and scripts.
 * @see https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
 */
export function refusalWithoutOrigin({
  site,
  isJsonp,
}: HandshakeWithoutOrigin): 'origin-missing' | 'jsonp-refused' | undefined {
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return 'origin-missing';
  }
  return isJsonp && site !== 'same-origin' ? 'jsonp-refused' : undefined;
}

/**
 * One decision for a handshake that several gateways share. The gateways of one group get each socket together, so all of them have
 * to allow it. A group is a namespace, which decides about its own sockets later. One group that allows is therefore enough.
 * @param groups at least one, none of them empty
 */
export function combineHandshakes(groups: readonly (readonly ActualDecision[])[]): ActualDecision {
  const decisions = groups.map((group) => group.reduce((first, second) => combineActual(first, second)));
  const decisive = decisions.find(({ refused }) => !refused) ?? (decisions[0] as ActualDecision);
  // The gateways share the request, and so its cookies.
  const allowCredentials = decisive.allowCredentials && decisions.every((each) => each.policy.credentials);
  return { ...decisive, allowCredentials };
}
