import type { OriginRow } from '../../options/index.js';
import { originChange, writePayload } from '../stores/origin-change.js';
import { storedTexts } from '../stores/stored-texts.js';
import { untilAborted } from '../../support/until-aborted.js';
import { isOne, type RedisCommands } from './redis-commands.js';
import type { KeyOwner } from './key-owner.js';
import { rethrown } from './redis-error.js';
import { isStorable, type RedisKeys } from './redis-keys.js';
import { ADD, HOLDERS, REMOVE } from './scripts.js';

/** The tenant of origins for every tenant. */
const EVERY_TENANT = '';
/** The number of sets that are read at once, and that one script reads. */
const SETS_AT_A_TIME = 200;
const SETS_PER_SCRIPT = 1000;

/**
 * The sets of origins: one per tenant, and an index of the tenants. For lookups and lists alike, a tenant outside of the index
 * has no origins, so that the two agree when the index is lost.
 */
export class OriginSets {
  constructor(
    private readonly commands: RedisCommands,
    private readonly keys: RedisKeys,
    private readonly owner: KeyOwner,
  ) {}

  /**
   * Whether the origin or a matching pattern is in the tenant's set or in the set of every tenant. It takes one round trip.
   *
   * @throws Error while the client is not connected, and for keys of another application; the signal's reason when it is aborted
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
    const replies = [commands.hasAny(keys.origins(EVERY_TENANT), texts)];
    if (tenant !== EVERY_TENANT && isStorable(tenant)) {
      replies.push(commands.hasAny(keys.tenants, [tenant]), commands.hasAny(keys.origins(tenant), texts));
    }
    const [[ofEveryTenant, isIndexed, ofTenant]] = await this.reply(
      Promise.all([Promise.all(replies), owner.verify()]),
      signal,
    );
    return ofEveryTenant === true || (isIndexed === true && ofTenant === true);
  }

  /**
   * All rows. SSCAN may return a member twice, so a row may come twice.
   *
   * @param pageSize how many members of a set are read at a time
   * @throws Error for keys of another application, also after the last row
   */
  async *rows(pageSize: number, signal: AbortSignal): AsyncGenerator<OriginRow> {
    await untilAborted(this.owner.verify(), signal);
    for await (const tenants of this.tenants(SETS_AT_A_TIME, signal)) {
      const pages = tenants.map((tenant) => this.commands.scan(this.keys.origins(tenant), '0', pageSize));
      const firstPages = await this.reply(Promise.all(pages), signal);
      for (const [index, { cursor, members }] of firstPages.entries()) {
        const tenant = tenants[index] as string;
        yield* this.rowsOf(tenant, members);
        for await (const more of this.pages(this.keys.origins(tenant), cursor, pageSize, signal)) {
          yield* this.rowsOf(tenant, more);
        }
      }
    }
    await untilAborted(this.owner.verify(), signal);
  }

  /** The rows of one origin or pattern. */
  async *rowsHolding(origin: string, signal: AbortSignal): AsyncGenerator<OriginRow> {
    if (!isStorable(origin)) {
      return;
    }
    await untilAborted(this.owner.verify(), signal);
    for await (const tenants of this.tenants(SETS_PER_SCRIPT, signal)) {
      const keys = tenants.map((tenant) => this.keys.origins(tenant));
      const holders: unknown = await this.reply(this.commands.evaluate(HOLDERS, keys, [origin]), signal);
      // An empty result would refuse the origin.
      if (!Array.isArray(holders)) {
        throw new TypeError('Redis returned no list of the sets that hold an origin');
      }
      for (const number of holders) {
        yield* this.rowsOf(tenants[Number(number) - 1] as string, [origin]);
      }
    }
    await untilAborted(this.owner.verify(), signal);
  }

  /** Resolves to whether it is new. */
  add(origin: string, tenant: string): Promise<boolean> {
    return this.write(ADD, origin, tenant);
  }

  /** Resolves to whether it was there. A string that Redis cannot store was not. */
  async remove(origin: string, tenant: string): Promise<boolean> {
    return isStorable(origin) && isStorable(tenant) && (await this.write(REMOVE, origin, tenant));
  }

  private async write(script: string, origin: string, tenant: string): Promise<boolean> {
    const { keys } = this;
    await this.owner.verify();
    const reply = this.commands.evaluate(
      script,
      [keys.origins(tenant), keys.tenants],
      [origin, tenant, keys.channel, writePayload(originChange(origin, tenant))],
    );
    return isOne(await reply.catch(rethrown));
  }

  private reply<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
    return untilAborted(pending.catch(rethrown), signal);
  }

  /** `''` and every tenant of the index, each once, in parts. */
  private async *tenants(count: number, signal: AbortSignal): AsyncGenerator<readonly string[]> {
    yield [EVERY_TENANT];
    const seen = new Set([EVERY_TENANT]);
    for await (const page of this.pages(this.keys.tenants, undefined, count, signal)) {
      const fresh = page.filter((tenant) => !seen.has(tenant) && seen.add(tenant));
      // Redis returns a small set as one page, whatever the count.
      for (let from = 0; from < fresh.length; from += count) {
        yield fresh.slice(from, from + count);
      }
    }
  }

  /** The pages of a set after the cursor `from`, or all pages. */
  private async *pages(
    key: string,
    from: string | undefined,
    count: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly string[]> {
    let next = from;
    while (next !== '0') {
      const { cursor, members } = await this.reply(this.commands.scan(key, next ?? '0', count), signal);
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
