import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BoundedCommands } from '../../../lib/entry-points/redis/bounded-commands.js';
import type { RedisCommands } from '../../../lib/entry-points/redis/redis-commands.js';

describe('the commands of a store of Redis', () => {
  let replies: ((reply: boolean) => void)[];
  let driver: RedisCommands;
  let commands: BoundedCommands;
  let failures: Error[];

  beforeEach(() => {
    jest.useFakeTimers();
    replies = [];
    failures = [];
    driver = {
      isCluster: true,
      outage: () => 'down',
      hasAny: () => new Promise((resolve) => replies.push(resolve)),
      scan: async (key: string) => ({ cursor: '0', members: [key] }),
      evaluate: async () => 1,
      subscriber: () => 'connection',
    } as unknown as RedisCommands;
    commands = new BoundedCommands(driver, 5000);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const pass = (time = 0) => jest.advanceTimersByTimeAsync(time);
  async function ask(): Promise<void> {
    commands.hasAny('key', ['a']).catch((error: Error) => failures.push(error));
    await pass();
  }

  it('any command: is that of the driver', async () => {
    expect(commands.isCluster).toBe(true);
    expect(commands.outage()).toBe('down');
    expect(await commands.scan('key', '0', 1)).toEqual({ cursor: '0', members: ['key'] });
    expect(await commands.evaluate('script', [], [])).toBe(1);
    expect(commands.subscriber('channel', {} as never)).toBe('connection');
    const answer = commands.hasAny('key', ['a']);
    replies[0]?.(true);
    expect(await answer).toBe(true);
  });

  it('waiting for a reply: are a thousand at most', async () => {
    for (let count = 0; count < 1001; count++) {
      await ask();
    }
    expect(replies).toHaveLength(1000);
    expect(failures).toEqual([
      expect.objectContaining({ message: expect.stringContaining('commandTimeout') as unknown }),
    ]);
    replies[0]?.(true);
    await pass();
    await ask();
    expect(replies).toHaveLength(1001);
  });

  it('`queryTimeout`: count as abandoned after it', async () => {
    commands = new BoundedCommands(driver, 200);
    await ask();
    await pass(200);
    await ask();
    await ask();
    expect(failures).toEqual([]);
    await pass(1);
    await ask();
    await ask();
    expect([replies.length, failures.length]).toEqual([4, 1]);
  });

  it('one without a reply for 5 s: are one a second until it has one', async () => {
    await ask();
    await pass(5001);
    for (let count = 0; count < 30; count++) {
      await ask();
      await pass(100);
    }
    expect(replies).toHaveLength(1 + 3);
    expect(failures).toHaveLength(27);
    expect(failures[0]?.message).toMatch(/^Redis has not answered a command for \d+ ms, so no other is sent\./);
    replies.forEach((reply) => reply(false));
    await pass();
    await ask();
    await ask();
    expect(replies).toHaveLength(6);
  });
});
