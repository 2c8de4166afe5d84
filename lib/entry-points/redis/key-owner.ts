import { quoted } from '../../support/quoted.js';
import { isOne, type RedisCommands } from './redis-commands.js';
import { rethrown } from './redis-error.js';
import type { RedisKeys } from './redis-keys.js';
import { CLAIM } from './scripts.js';

/** Thrown by methods that read or write the keys of another application. */
export class ForeignKeysError extends Error {
  override readonly name = 'ForeignKeysError';
  readonly code = 'foreign-keys';
}

/** Ensures that the keys belong to one application: the first to use them stores its name. */
export class KeyOwner {
  private claiming: Promise<void> | undefined;

  constructor(
    private readonly commands: RedisCommands,
    private readonly keys: RedisKeys,
    private readonly application: string,
  ) {}

  /**
   * Resolves when the keys belong to this application. It asks Redis each time, with one command, because the keys may belong
   * to another application after an eviction or a flush.
   *
   * @throws ForeignKeysError for keys of another application; the driver's errors
   */
  async verify(): Promise<void> {
    const isOwn = await this.commands.hasAny(this.keys.application, [this.application]).catch(rethrown);
    if (!isOwn) {
      this.claiming ??= this.claim().finally(() => (this.claiming = undefined));
      await this.claiming;
    }
  }

  private async claim(): Promise<void> {
    const marker = this.keys.application;
    // A read-only user or replica cannot claim keys, and may read unclaimed ones.
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
