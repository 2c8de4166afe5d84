import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  CORS_DECISION_CHANNEL,
  CORS_SHADOW_CHANNEL,
  type CorsDecisionEvent,
  type CorsShadowEvent,
} from '../../lib/entry-points/diagnostics/index.js';

interface EventOf {
  readonly [CORS_DECISION_CHANNEL]: CorsDecisionEvent;
  readonly [CORS_SHADOW_CHANNEL]: CorsShadowEvent;
}

/** The events that a channel publishes while `work` is done. */
export async function eventsDuring<Channel extends keyof EventOf>(
  channel: Channel,
  work: () => Promise<unknown>,
): Promise<EventOf[Channel][]> {
  const events: EventOf[Channel][] = [];
  const listener = (event: unknown) => void events.push(event as EventOf[Channel]);
  subscribe(channel, listener);
  try {
    await work();
  } finally {
    unsubscribe(channel, listener);
  }
  return events;
}
