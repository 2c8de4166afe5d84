import { type Channel, channel } from 'node:diagnostics_channel';
import { isKnownMethod } from '../fetch/methods.js';
import { Logger } from '@nestjs/common';
import type { CorsReason } from '../decision/reasons.js';
import type { CorsShadowDifference } from '../decision/shadow-difference.js';
import { printable } from '../support/secrets/printable.js';
import { shownMethod, shownOrigin, shownPath } from './shown.js';

/** Name of the `diagnostics_channel` that every difference is published on, as a {@link CorsShadowEvent}. */
export const CORS_SHADOW_CHANNEL = 'nestjs-cors:shadow';

/** The examples of origins of one difference: the first five and the latest five. */
const MAX_SAMPLES = 10;
const MAX_FIRST_SAMPLES = 5;
/** The most differences that are distinguished, by routes, policies, reasons and known methods. Clients can invent none of these. */
const MAX_ENTRIES = 5000;
/** The name for every method that HTTP does not know, because a client may invent any number of them. */
const OTHER_METHOD = 'other';

/** One decision that differs under the shadow policy. */
export interface CorsShadowEvent {
  readonly kind: 'preflight' | 'actual';
  /** The method of the actual request: hostile input where HTTP does not know it. */
  readonly method: string;
  /** Pattern of the route; `undefined` where Nest routes nothing. */
  readonly route: string | undefined;
  /** Label of the live policy. */
  readonly policy: string;
  readonly differences: readonly CorsShadowDifference[];
  /** How the live decision ended. */
  readonly live: CorsReason;
  /** How the shadow decision ended. */
  readonly shadow: CorsReason;
  /** The `Origin` header as it came: hostile input. */
  readonly origin: string | undefined;
  /** Path of the request without its query, as it came: hostile input. */
  readonly path: string;
}

/** All decisions of one kind that differ. */
export interface CorsShadowEntry extends Omit<CorsShadowEvent, 'origin' | 'path'> {
  /** A method that HTTP knows, or `'other'` for all that it does not know. */
  readonly method: string;
  readonly count: number;
  /** At most ten of the origins, as they may be shown: the first five and the latest five. */
  readonly origins: readonly string[];
}

/** The differences between shadow policies and live ones. */
export interface CorsShadowReport extends ReadonlyArray<CorsShadowEntry> {
  /** How many differences have no entry, because there are 5000 entries. `0`: the report is complete. */
  readonly overflow: number;
}

type Kind = Omit<CorsShadowEvent, 'origin' | 'path'>;

interface Tally {
  readonly event: Kind;
  readonly origins: Set<string>;
  count: number;
}

/** Counts the differences of shadow policies, and keeps samples of their origins. */
export class ShadowReport {
  private readonly tallies = new Map<string, Tally>();
  private readonly channel: Channel = channel(CORS_SHADOW_CHANNEL);
  private overflow = 0;

  constructor(private readonly logger: Pick<Logger, 'warn'> = new Logger('CorsModule')) {}

  record(event: CorsShadowEvent): void {
    if (this.channel.hasSubscribers) {
      this.channel.publish(event);
    }
    const { kind, method, route, policy, differences, live, shadow } = event;
    const told: Kind = {
      kind,
      method: isKnownMethod(method) ? method : OTHER_METHOD,
      route,
      policy,
      differences,
      live,
      shadow,
    };
    const key = JSON.stringify(Object.values(told));
    let tally = this.tallies.get(key);
    if (tally === undefined) {
      if (this.tallies.size >= MAX_ENTRIES) {
        this.noteOverflow();
        return;
      }
      tally = { event: told, origins: new Set(), count: 0 };
      this.tallies.set(key, tally);
      this.logger.warn(printable(describe(event), 1000));
    }
    tally.count++;
    addSample(tally.origins, shownOrigin(event.origin));
  }

  /** The differences since the application started, most frequent first. */
  entries(): CorsShadowReport {
    const entries = [...this.tallies.values()]
      .map(({ event, origins, count }) => ({ ...event, count, origins: [...origins] }))
      .sort((a, b) => b.count - a.count);
    // Not enumerable, so that a comparison or a print shows the entries only.
    return Object.defineProperty(entries, 'overflow', { value: this.overflow }) as unknown as CorsShadowReport;
  }

  private noteOverflow(): void {
    this.overflow++;
    if (this.overflow === 1) {
      this.logger.warn(
        `The shadow report is full: it has ${MAX_ENTRIES} entries, and further differences are counted in its \`overflow\` alone. ` +
          `Subscribe to the diagnostics_channel ${CORS_SHADOW_CHANNEL} for all of them.`,
      );
    }
  }
}

/** Keeps the first samples and the latest ones, so that invented origins cannot keep out later ones. */
function addSample(samples: Set<string>, sample: string): void {
  if (samples.size >= MAX_SAMPLES && !samples.has(sample)) {
    samples.delete([...samples][MAX_FIRST_SAMPLES] as string);
  }
  samples.add(sample);
}

/** The line of the first difference of its kind; the others are only counted. */
function describe({ kind, method, route, policy, differences, live, shadow, origin, path }: CorsShadowEvent): string {
  const target = `${shownMethod(method)} ${route ?? `on ${shownPath(path)} (not routed by Nest)`}`;
  return (
    `The shadow of ${policy} would answer ${kind === 'preflight' ? 'the preflight of ' : ''}${target} from ${shownOrigin(origin)} ` +
    `differently (${differences.join(', ')}): ${live} now, ${shadow} then. Others like it are counted in CorsInspector.shadowReport().`
  );
}
