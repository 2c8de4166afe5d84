import { type Channel, channel } from 'node:diagnostics_channel';
import type { CorsDecisionEvent, DecisionObserver } from './decision-event.js';

/** Name of the `diagnostics_channel` that every decision is published on, as a {@link CorsDecisionEvent}. */
export const CORS_DECISION_CHANNEL = 'nestjs-cors:decision';

/** Publishes decisions for metrics and traces. Free when nobody listens. */
export class DecisionChannel implements DecisionObserver {
  private readonly channel: Channel = channel(CORS_DECISION_CHANNEL);

  wants(): boolean {
    return this.channel.hasSubscribers;
  }

  observe(event: CorsDecisionEvent): void {
    this.channel.publish(event);
  }
}
