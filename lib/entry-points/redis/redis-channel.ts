import type { Channel } from '../stores/channel.js';
import type { RedisCommands } from './redis-commands.js';

/** @param heartbeat in milliseconds, also the time for connecting and subscribing, and for each answer */
export function redisChannel(commands: RedisCommands, name: string, heartbeat: number): Channel {
  return {
    store: 'Redis',
    name,
    timing: { opening: heartbeat, heartbeat, answer: heartbeat },
    connect: (listener) => commands.subscriber(name, listener),
  };
}
