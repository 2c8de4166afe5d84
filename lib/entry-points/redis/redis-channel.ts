import type { Channel } from '../stores/channel.js';
import type { RedisCommands } from './redis-commands.js';

/** @param timeout in milliseconds, for connecting and subscribing, and for each heartbeat */
export function redisChannel(commands: RedisCommands, name: string, heartbeat: number, timeout: number): Channel {
  return {
    store: 'Redis',
    name,
    timing: { opening: timeout, heartbeat, answer: timeout },
    connect: (listener) => commands.subscriber(name, listener),
  };
}
