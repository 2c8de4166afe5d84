import { Logger } from '@nestjs/common';
import type { RedisCommands } from './redis-commands.js';

/** Policies that remove any key. `volatile-*` removes keys that expire, which those of origins do not. */
const EVICTING = /^maxmemory_policy:(allkeys-[\w-]+)/m;
/** Clients whose server was looked at: a list and a lookup over one client are one line in the log. */
const checked = new WeakSet<object>();

/**
 * Warns once for each client when its server may remove origins to save memory. Never rejects.
 *
 * The policy is read from `INFO`, which managed servers allow where they forbid `CONFIG`.
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
    // An outage ends; the next connection for changes looks again.
    const isForbidden = error instanceof Error && /^NOPERM|unknown command/i.test(error.message);
    if (!isForbidden) {
      checked.delete(client);
      return;
    }
    logger.debug('maxmemory-policy of Redis is not known, since the user may not run INFO: origins may be evicted');
  }
}
