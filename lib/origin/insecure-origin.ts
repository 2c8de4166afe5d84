import type { OriginPattern } from './origin-pattern.js';
import type { SerializedOrigin } from './serialized-origin.js';

const LOOPBACK_NAME = /^(?:.+\.)?localhost\.?$/;
const LOOPBACK_ADDRESS = /^127(?:\.[0-9]{1,3}){3}$/;
const UNENCRYPTED_SCHEMES: ReadonlySet<string> = new Set(['http', 'ws', 'ftp']);

/** Whether a host is this machine: `localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_NAME.test(host) || LOOPBACK_ADDRESS.test(host) || host === '[::1]';
}

/**
 * Whether anyone on the network can speak in this origin's name.
 * @see https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
 */
export function isInsecureOrigin({ scheme, host }: SerializedOrigin | OriginPattern): boolean {
  return UNENCRYPTED_SCHEMES.has(scheme) && !isLoopbackHost(host);
}
