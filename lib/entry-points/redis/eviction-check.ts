import { Logger } from '@nestjs/common';
import type { RedisCommands } from './redis-commands.js';

/** Policies that remove any key. `volatile-*` removes expiring keys only, and the keys of origins do not expire. */
const EVICTING = /^maxmemory_policy:(allkeys-[\w-]+)/m;
/** Clients that were checked, so that a list and a lookup over one client log one line. */
const checked = new WeakSet<object>();

/**
 * Warns once per client where its server may remove origins to save memory. Never rejects.
 *
 * It reads the policy from `INFO`, because managed servers forbid `CONFIG`.
 */
export async function warnOfEviction(
  client: object,
  commands: RedisCommands,
  logger: Pick<Logger, 'warn' | 'debug'> = new Logger('CorsModule'),
): Promise<void> {
  if (checked.has(client)) {
    return;
  }
  checked.add(client);
  try {
    const policy = EVICTING.exec(await commands.info('memory'))?.[1];
    if (policy !== undefined) {
      logger.warn(
        `maxmemory-policy of Redis must keep the allowed origins; got ${policy}, which removes any key when memory is short, ` +
          'and with it the access of whole tenants. Set it: redis-cli CONFIG SET maxmemory-policy noeviction',
      );
    }
  } catch (error) {
    // The next connection for changes checks again.
    const isForbidden = error instanceof Error && /^NOPERM|unknown command/i.test(error.message);
    if (!isForbidden) {
      checked.delete(client);
      return;
    }
    logger.debug('maxmemory-policy of Redis is not known, since the user may not run INFO: origins may be evicted');
  }
}
