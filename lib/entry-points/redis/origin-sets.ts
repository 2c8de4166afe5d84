import type { OriginRow } from '../../options/index.js';
import { originChange, writeChange } from '../stores/origin-change.js';
import { storedTexts } from '../stores/stored-texts.js';
import { untilAborted } from '../../support/until-aborted.js';
import { isOne, type RedisCommands } from './redis-commands.js';
import type { KeyOwner } from './key-owner.js';
import { rethrown } from './redis-error.js';
import { isStorable, type RedisKeys } from './redis-keys.js';
import { ADD, HOLDERS, REMOVE } from './scripts.js';

/** The tenant of origins that are for every tenant. */
const EVERY_TENANT = '';
/** Sets that are read at once, members of one that come at once, and sets that one script asks. */
const SETS_AT_A_TIME = 200;
const ORIGINS_AT_A_TIME = 1000;
const SETS_PER_SCRIPT = 1000;

/**
 * The sets in which the origins are: one for each tenant, and an index of the tenants. A tenant outside of the index has no
 * origins, for lookups as for lists, so that the two agree when the index is lost.
 */
export class OriginSets {
  constructor(
    private readonly commands: RedisCommands,
    private readonly keys: RedisKeys,
    private readonly owner: KeyOwner,
  ) {}

  /**
   * Whether the origin, or a pattern that covers it, is in the tenant's set or in that of every tenant. Both sets and the
   * index are asked in one round trip.
   *
   * @throws Error while the client is not connected, and when the keys are another application's; the signal's reason when it is aborted
   */
  async cover(origin: string, tenant: string, signal: AbortSignal): Promise<boolean> {
    const texts = storedTexts(origin);
    if (texts.length === 0) {
      return false;
    }
    const outage = this.commands.outage();
    if (outage !== undefined) {
      throw Object.assign(new Error(outage), { code: 'ENOTCONN' });
    }
    const { commands, keys, owner } = this;
    const answers = [commands.hasAny(keys.origins(EVERY_TENANT), texts)];
    if (tenant !== EVERY_TENANT && isStorable(tenant)) {
      answers.push(commands.hasAny(keys.tenants, [tenant]), commands.hasAny(keys.origins(tenant), texts));
    }
    const [[ofEveryTenant, isIndexed, ofTenant]] = await this.answer(
      Promise.all([Promise.all(answers), owner.verify()]),
      signal,
    );
    return ofEveryTenant === true || (isIndexed === true && ofTenant === true);
  }

  /**
   * All rows. SSCAN may return a member twice, which makes the same row twice.
   *
   * @throws Error also behind the last row, when the keys have become another application's meanwhile
   */
  async *rows(signal: AbortSignal): AsyncGenerator<OriginRow> {
    await untilAborted(this.owner.verify(), signal);
    for await (const tenants of this.tenants(SETS_AT_A_TIME, signal)) {
      const pages = tenants.map((tenant) => this.commands.scan(this.keys.origins(tenant), '0', ORIGINS_AT_A_TIME));
      const firstPages = await this.answer(Promise.all(pages), signal);
      for (const [index, { cursor, members }] of firstPages.entries()) {
        const tenant = tenants[index] as string;
        yield* this.rowsOf(tenant, members);
        for await (const more of this.pages(this.keys.origins(tenant), cursor, ORIGINS_AT_A_TIME, signal)) {
          yield* this.rowsOf(tenant, more);
        }
      }
    }
    await untilAborted(this.owner.verify(), signal);
  }

  /** The rows of one text. */
  async *rowsHolding(origin: string, signal: AbortSignal): AsyncGenerator<OriginRow> {
    if (!isStorable(origin)) {
      return;
    }
    await untilAborted(this.owner.verify(), signal);
    for await (const tenants of this.tenants(SETS_PER_SCRIPT, signal)) {
      const keys = tenants.map((tenant) => this.keys.origins(tenant));
      const holders: unknown = await this.answer(this.commands.evaluate(HOLDERS, keys, [origin]), signal);
      // Not "nobody has it", which would take access away.
      if (!Array.isArray(holders)) {
        throw new TypeError('Redis returned no list of the sets that hold an origin');
      }
      for (const number of holders) {
        yield* this.rowsOf(tenants[Number(number) - 1] as string, [origin]);
      }
    }
    await untilAborted(this.owner.verify(), signal);
  }

  /** Resolves to whether it was not there before. */
  add(origin: string, tenant: string): Promise<boolean> {
    return this.write(ADD, origin, tenant);
  }

  /** Resolves to whether it was there before. What Redis cannot hold was not. */
  async remove(origin: string, tenant: string): Promise<boolean> {
    return isStorable(origin) && isStorable(tenant) && (await this.write(REMOVE, origin, tenant));
  }

  private async write(script: string, origin: string, tenant: string): Promise<boolean> {
    const { keys } = this;
    await this.owner.verify();
    const reply = this.commands.evaluate(
      script,
      [keys.origins(tenant), keys.tenants],
      [origin, tenant, keys.channel, writeChange(originChange(origin, tenant))],
    );
    return isOne(await reply.catch(rethrown));
  }

  private answer<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
    return untilAborted(pending.catch(rethrown), signal);
  }

  /** Every tenant of the index once, and `''` whether it is there or not, in parts. */
  private async *tenants(count: number, signal: AbortSignal): AsyncGenerator<readonly string[]> {
    yield [EVERY_TENANT];
    const seen = new Set([EVERY_TENANT]);
    for await (const page of this.pages(this.keys.tenants, undefined, count, signal)) {
      const fresh = page.filter((tenant) => !seen.has(tenant) && seen.add(tenant));
      // Small sets come as one page, whatever count was asked for.
      for (let from = 0; from < fresh.length; from += count) {
        yield fresh.slice(from, from + count);
      }
    }
  }

  /** The pages of a set behind `from`; all of them when that is `undefined`. */
  private async *pages(
    key: string,
    from: string | undefined,
    count: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly string[]> {
    let next = from;
    while (next !== '0') {
      const { cursor, members } = await this.answer(this.commands.scan(key, next ?? '0', count), signal);
      yield members;
      next = cursor;
    }
  }

  private *rowsOf(tenant: string, origins: readonly string[]): Generator<OriginRow> {
    const id = this.keys.origins(tenant);
    for (const origin of origins) {
      yield { id, origin, tenant };
    }
  }
}
