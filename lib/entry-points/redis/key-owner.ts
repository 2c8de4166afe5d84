import { quoted } from '../../support/quoted.js';
import { isOne, type RedisCommands } from './redis-commands.js';
import { rethrown } from './redis-error.js';
import type { RedisKeys } from './redis-keys.js';
import { CLAIM } from './scripts.js';

/** Thrown by everything that reads or writes keys which belong to another application. */
export class ForeignKeysError extends Error {
  override readonly name = 'ForeignKeysError';
  readonly code = 'foreign-keys';
}

/** Makes sure that the keys are those of one application: the first to use them leaves its name beside them. */
export class KeyOwner {
  private asking: Promise<void> | undefined;

  constructor(
    private readonly commands: RedisCommands,
    private readonly keys: RedisKeys,
    private readonly application: string,
  ) {}

  /**
   * Resolves when the keys belong to this application. Redis is asked each time, by one command: after an eviction, or when the
   * server was emptied, they may be another one's.
   *
   * @throws ForeignKeysError when they belong to another one; whatever the driver throws
   */
  async verify(): Promise<void> {
    const isOwn = await this.commands.hasAny(this.keys.application, [this.application]).catch(rethrown);
    if (!isOwn) {
      this.asking ??= this.ask().finally(() => (this.asking = undefined));
      await this.asking;
    }
  }

  private async ask(): Promise<void> {
    const marker = this.keys.application;
    // A user or a replica that only reads cannot claim the keys, and may read those that no application has claimed.
    const claim = await this.commands.evaluate(CLAIM, [marker], [this.application]).catch(() => undefined);
    if (isOne(claim)) {
      return;
    }
    const { members } = await this.commands.scan(marker, '0', 10).catch(rethrown);
    const [owner] = members;
    if (owner !== undefined && !members.includes(this.application)) {
      throw new ForeignKeysError(
        `The keys of Redis with the prefix ${quoted(this.keys.prefix)} must be those of one application; they belong to ` +
          `${quoted(owner)}, and this one is ${quoted(this.application)}. Give this one keys of its own: \`prefix: ` +
          `'{cors-${this.application.replace(/[^\w.-]/g, '-').slice(0, 40)}}'\`. Where both are to share origins: \`application: ${quoted(owner)}\`.`,
      );
    }
  }
}
