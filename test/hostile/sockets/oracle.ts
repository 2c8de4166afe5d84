import { type Ruling, policyNamed } from '../oracle/policies.js';
import { type PlaceName, policiesOf, rulingOf } from './places.js';

/** A handshake as Node.js gave it to the application: nothing here comes from the library. */
export interface SeenHandshake {
  readonly place: PlaceName;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  /** Whether it came without an upgrade, so that a script could read the answer. */
  readonly isPolling: boolean;
}

/** The values of a header, one for each line. */
export function valuesIn(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

/** Whether the socket may be accepted; `undefined`: the promise leaves it open. */
export function mayBeAccepted({ place, url, rawHeaders, isPolling }: SeenHandshake): Ruling {
  const names = policiesOf(place, url);
  if (names === undefined) {
    return true;
  }
  const sites = valuesIn(rawHeaders, 'sec-fetch-site');
  const isOwnPage = sites.length === 1 && sites[0] === 'same-origin';
  const origins = originsIn(rawHeaders);
  if (origins.length === 0) {
    const isJsonp = isPolling && isScript(url);
    return isJsonp ? isOwnPage : sites.length === 0 || isOwnPage || (sites.length === 1 && sites[0] === 'none');
  }
  if (isOwnPage) {
    return true;
  }
  const [origin = ''] = origins;
  if (origin === '') {
    // No browser sends it, and a client that is none may send anything.
    return undefined;
  }
  if (names.some((name) => 'star' in policyNamed(name))) {
    return true;
  }
  if (origins.length > 1) {
    return false;
  }
  const ruling = rulingOf(names, origin, url);
  return ruling === false && sites.length === 0 ? isOwnOrigin(origin, valuesIn(rawHeaders, 'host')) : ruling;
}

/** Of version 8 of the protocol, the other name of the header counts where there is no `Origin`. */
function originsIn(rawHeaders: readonly string[]): readonly string[] {
  const origins = valuesIn(rawHeaders, 'origin');
  const ofVersion8 = valuesIn(rawHeaders, 'sec-websocket-origin');
  return origins.some((origin) => origin !== '') || ofVersion8.length === 0 ? origins : ofVersion8;
}

function isScript(url: string): boolean {
  try {
    return new URL(url, 'http://localhost').searchParams.has('j');
  } catch {
    return false;
  }
}

function isOwnOrigin(origin: string, hosts: readonly string[]): Ruling {
  const authority = /^https?:\/\/(.*)$/s.exec(origin)?.[1];
  const [host = ''] = hosts;
  if (authority === undefined || host === '') {
    return false;
  }
  if (hosts.length === 1 && host === authority) {
    return true;
  }
  return hosts.some((each) => each.toLowerCase().replace(/:(?:80|443)$/, '') === authority) ? undefined : false;
}

/** What is wrong with a handshake that was accepted; empty: nothing. */
export function judgeAccepted(seen: SeenHandshake): string[] {
  const { place, url, rawHeaders } = seen;
  const shown = `${place}: ${JSON.stringify({ url, rawHeaders })}`;
  const complaints = mayBeAccepted(seen) === false ? [`wrongly accepted at ${shown}`] : [];
  return seesCredentials(seen) ? [...complaints, `cookies or HTTP authentication got to ${shown}`] : complaints;
}

/** Whether credentials got to the application that none of the policies lets through. */
function seesCredentials({ place, url, rawHeaders }: SeenHandshake): boolean {
  const names = policiesOf(place, url);
  const isFromElsewhere =
    originsIn(rawHeaders).some((origin) => origin !== '') &&
    valuesIn(rawHeaders, 'sec-fetch-site').length === 0 &&
    isOwnOrigin(originsIn(rawHeaders)[0] ?? '', valuesIn(rawHeaders, 'host')) === false;
  return (
    isFromElsewhere &&
    names !== undefined &&
    names.every((name) => !('credentials' in policyNamed(name))) &&
    [...valuesIn(rawHeaders, 'cookie'), ...valuesIn(rawHeaders, 'authorization')].length > 0
  );
}
