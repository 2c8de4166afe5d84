import { type Channel, channel } from 'node:diagnostics_channel';
import { Logger } from '@nestjs/common';
import type { CorsReason } from '../protocol/reasons.js';
import type { ShadowDifference } from '../protocol/shadow-difference.js';
import { shownOrigin } from './decision-log.js';

/** Name of the `diagnostics_channel` that every difference is published on, as a {@link CorsShadowEvent}. */
export const CORS_SHADOW_CHANNEL = 'nestjs-cors:shadow';

/** Origins that are kept as examples of one difference. */
const MAX_SAMPLES = 10;
/** Differences that are told apart: routes, methods and reasons are few, but methods are the client's to choose. */
const MAX_ENTRIES = 1000;

/** One answer that would have been another one under the shadow policy. */
export interface CorsShadowEvent {
  readonly kind: 'preflight' | 'actual';
  readonly method: string;
  /** Pattern of the route; `undefined` where Nest routes nothing. */
  readonly route: string | undefined;
  /** Label of the live policy. */
  readonly policy: string;
  readonly differences: readonly ShadowDifference[];
  /** How the live decision ended. */
  readonly live: CorsReason;
  /** How it would have ended. */
  readonly shadow: CorsReason;
  /** The `Origin` header as it came: hostile input. */
  readonly origin: string | undefined;
}

/** All the answers of one kind that would have been others. */
export interface CorsShadowEntry extends Omit<CorsShadowEvent, 'origin'> {
  readonly count: number;
  /** Some of the origins that were concerned, as they may be shown: at most ten. */
  readonly origins: readonly string[];
}

interface Tally {
  readonly event: Omit<CorsShadowEvent, 'origin'>;
  readonly origins: Set<string>;
  count: number;
}

/** Counts what shadow policies would change, and keeps samples of it. */
export class ShadowReport {
  private readonly tallies = new Map<string, Tally>();
  private readonly channel: Channel = channel(CORS_SHADOW_CHANNEL);

  constructor(private readonly logger: Pick<Logger, 'warn'> = new Logger('CorsModule')) {}

  record(event: CorsShadowEvent): void {
    if (this.channel.hasSubscribers) {
      this.channel.publish(event);
    }
    const { origin, ...kind } = event;
    const key = JSON.stringify(Object.values(kind));
    let tally = this.tallies.get(key);
    if (tally === undefined) {
      if (this.tallies.size >= MAX_ENTRIES) {
        return;
      }
      tally = { event: kind, origins: new Set(), count: 0 };
      this.tallies.set(key, tally);
      this.logger.warn(describe(event));
    }
    tally.count++;
    if (tally.origins.size < MAX_SAMPLES) {
      tally.origins.add(shownOrigin(origin));
    }
  }

  /** What was counted since the application started, most frequent first. */
  entries(): readonly CorsShadowEntry[] {
    return [...this.tallies.values()]
      .map(({ event, origins, count }) => ({ ...event, count, origins: [...origins] }))
      .sort((a, b) => b.count - a.count);
  }
}

/** The first of its kind is logged; the others are only counted. */
function describe({ kind, method, route, policy, differences, live, shadow, origin }: CorsShadowEvent): string {
  const target = route === undefined ? 'a path without a route' : `${method} ${route}`;
  return (
    `The shadow of ${policy} would answer ${kind === 'preflight' ? 'the preflight of ' : ''}${target} from ${shownOrigin(origin)} ` +
    `differently (${differences.join(', ')}): ${live} now, ${shadow} then. Others like it are counted in CorsInspector.shadowReport().`
  );
}
