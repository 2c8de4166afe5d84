import type { IncomingMessage } from 'node:http';
import { tenantOfHost } from '../../shared/tenants/tenant-of-host.js';

/** The tenant that the host name of a request stands for: the one that the policy `boards` has asked about. */
export function tenantOfRequest({ headers }: IncomingMessage): string | undefined {
  return tenantOfHost((headers.host ?? '').replace(/:\d+$/, ''));
}
