import { quoted } from '../../support/quoted.js';
import { isOne, type RedisCommands } from './redis-commands.js';
import { explained } from './redis-error.js';
import type { RedisKeys } from './redis-keys.js';
import { CLAIM } from './scripts.js';

/** Thrown by everything that reads or writes keys which belong to another application. */
export class ForeignKeysError extends Error {
  override readonly name = 'ForeignKeysError';
  readonly code = 'foreign-keys';
}

/** Makes sure that the keys are those of one application: the first to use them leaves its name beside them. */
export class KeyOwner {
  private verified: Promise<void> | undefined;

  constructor(
    private readonly commands: RedisCommands,
    private readonly keys: RedisKeys,
    private readonly application: string,
  ) {}

  /**
   * Resolves when the keys belong to this application. Redis is asked once for each connection for changes, and until it has answered.
   *
   * @throws ForeignKeysError when they belong to another one; whatever the driver throws
   */
  verify(): Promise<void> {
    this.verified ??= this.ask().catch((error: unknown) => {
      this.verified = undefined;
      throw error;
    });
    return this.verified;
  }

  /** Has the next use ask again: the server may have been emptied or replaced. */
  forget(): void {
    this.verified = undefined;
  }

  private async ask(): Promise<void> {
    const marker = this.keys.application;
    // A user or a replica that only reads cannot claim the keys, and may read those that no application has claimed.
    const claim = await this.commands.evaluate(CLAIM, [marker], [this.application]).catch(() => undefined);
    if (isOne(claim)) {
      return;
    }
    const { members } = await this.commands.scan(marker, '0', 10).catch((error: unknown) => {
      throw explained(error);
    });
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
