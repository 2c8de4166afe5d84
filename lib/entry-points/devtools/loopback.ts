/** `127.0.0.0/8` and `::1`, also as an IPv4 address in IPv6 clothes, as sockets that listen on `::` report it. */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && (address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/i.test(address));
}

/** A host with its port, as in `Host`. */
export interface HostHeader {
  /** Lower case; IPv6 addresses in their brackets. */
  readonly name: string;
  /** `undefined` where the scheme's default port is meant. */
  readonly port: string | undefined;
}

/** `undefined` for what is no host: nothing of it may get into a header. */
export function parseHost(value: string | undefined): HostHeader | undefined {
  const [, name, port] = /^(\[[\da-f:.]+\]|[\da-z._-]+)(?::(\d{1,5}))?$/i.exec(value ?? '') ?? [];
  return name === undefined ? undefined : { name: name.toLowerCase(), port };
}

/**
 * Whether a host name can only mean this machine. Any other name may be an attacker's that resolves to 127.0.0.1 by now
 * (DNS rebinding): to the browser, the attacker's page and this server would then be one origin.
 * @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3
 */
export function isLoopbackName(name: string): boolean {
  return /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name);
}
