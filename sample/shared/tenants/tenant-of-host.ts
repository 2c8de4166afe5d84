/**
 * The tenant that a host name stands for: `acme` for `acme.localhost`. A preflight carries the host as the request after it
 * does, and never a cookie or a token: what a tenant is derived from has to be in both.
 */
export function tenantOfHost(host: string): string | undefined {
  return /^([^.]+)\.localhost$/.exec(host)?.[1];
}
