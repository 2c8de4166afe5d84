/** What Express's response and Fastify's reply have in common here. */
export interface HeaderWriter {
  header(name: string, value: string): unknown;
}

/**
 * Where the cookie of a tenant's session goes, and nowhere else. `SameSite=Strict` keeps it from pages of other sites, but the
 * shops are on localhost like the service and the console: for SameSite all of that is one site. What keeps it from the shops
 * is the `rejectDisallowed` of the policy. With TLS it would also be `Secure`.
 */
export function sessionCookie(tenant: string, token: string): string {
  return `admin=${token}; Path=/t/${tenant}/admin; HttpOnly; SameSite=Strict${token === '' ? '; Max-Age=0' : ''}`;
}

/** The token in a `Cookie` header. */
export function sessionToken(cookies: string | undefined): string | undefined {
  return /(?:^|;\s*)admin=([^;]+)/.exec(cookies ?? '')?.[1];
}
