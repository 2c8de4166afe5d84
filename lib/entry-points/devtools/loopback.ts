/** `127.0.0.0/8` and `::1`, also in the IPv4-mapped form that sockets listening on `::` report. */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/i.test(address));
}

/** A host with its port, as in `Host`. */
export interface HostHeader {
  /** In lower case. IPv6 addresses keep their brackets. */
  readonly name: string;
  /** `undefined` for the scheme's default port. */
  readonly port: string | undefined;
}

/** `undefined` for a value that is no host, so that it cannot get into a header. */
export function parseHost(value: string | undefined): HostHeader | undefined {
  const [, name, port] = /^(\[[\da-f:.]+\]|[\da-z._-]+)(?::(\d{1,5}))?$/i.exec(value ?? '') ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase(), port };
}

/**
 * Whether a host name always means this machine. An attacker's name may resolve to 127.0.0.1 (DNS rebinding), and the
 * browser then takes the attacker's page and this server for one origin.
 * @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3
 */
export function isLoopbackName(name: string): boolean {
  return /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name);
}
