import { Logger } from '@nestjs/common';
import type { DecisionLogging } from '../policy/module-options.js';
import { parseSerializedOrigin } from '../origin/serialized-origin.js';
import { CORS_REASONS, type CorsReason, textsOf } from '../protocol/reasons.js';
import type { CorsDecisionEvent, DecisionObserver } from './decision-event.js';

/** How long a line stands for those that say the same, in milliseconds. */
const INTERVAL = 60_000;
/** Lines that are told apart within an interval. Whoever invents origins gets no more than that onto the disk. */
const MAX_LINES = 500;

interface Line {
  readonly event: CorsDecisionEvent;
  readonly text: string;
  repeated: number;
}

/**
 * Logs decisions once per route, origin, reason and interval, with a count. The intervals are those of the requests: an
 * application without requests has no timer running for its log.
 */
export class DecisionLog implements DecisionObserver {
  /** By origin as it is shown: a text of everything would have to be made for each request. */
  private lines = new Map<string, Line[]>();
  private listed = 0;
  private unlisted = 0;
  private startedAt = 0;

  constructor(
    private readonly level: DecisionLogging,
    private readonly logger: Pick<Logger, 'log' | 'warn'> = new Logger('CorsModule'),
  ) {}

  wants(reason: CorsReason): boolean {
    return this.level !== 'off' && reason !== 'no-origin' && (this.level === 'all' || !CORS_REASONS[reason].granted);
  }

  observe(event: CorsDecisionEvent): void {
    const now = Date.now();
    if (now - this.startedAt >= INTERVAL) {
      this.summarize();
      this.startedAt = now;
    }
    const origin = shownOrigin(event.origin);
    const lines = this.lines.get(origin);
    const known = lines?.find((line) => saysTheSame(line.event, event));
    if (known !== undefined) {
      known.repeated++;
    } else if (this.listed >= MAX_LINES) {
      this.unlisted++;
    } else {
      // Without what a client may have made as long as it likes.
      const line = { event: { ...event, origin: undefined, path: '' }, text: describe(event, origin), repeated: 0 };
      this.listed++;
      this.lines.set(origin, [...(lines ?? []), line]);
      this.write(event.granted === true ? 'log' : 'warn', `${line.text} ${textsOf(event.reason, event.header).fix}`);
    }
  }

  /** Says how often each line of the interval that has passed would have been written again. */
  private summarize(): void {
    for (const { text, repeated } of [...this.lines.values()].flat()) {
      if (repeated > 0) {
        this.write('log', `${text} (${repeated} more within a minute)`);
      }
    }
    if (this.unlisted > 0) {
      this.write('warn', `${this.unlisted} more CORS decisions within a minute, of origins that were not listed.`);
    }
    this.lines = new Map();
    this.listed = 0;
    this.unlisted = 0;
  }

  private write(level: 'log' | 'warn', text: string): void {
    this.logger[level](text);
  }
}

/** Whether two decisions about one origin are told in the same words. */
function saysTheSame(one: CorsDecisionEvent, other: CorsDecisionEvent): boolean {
  return (
    one.reason === other.reason &&
    one.kind === other.kind &&
    one.granted === other.granted &&
    one.route === other.route &&
    one.policy === other.policy &&
    (one.method === other.method ||
      (one.route === undefined && shownMethod(one.method) === shownMethod(other.method))) &&
    one.handler === other.handler
  );
}

function describe(
  { kind, granted, reason, header, method, route, handler, policy }: CorsDecisionEvent,
  origin: string,
): string {
  const verdict = granted === true ? 'Granted' : 'Refused';
  const target =
    route === undefined ? `${shownMethod(method)} on a path without a route` : `${method} ${route} (${handler})`;
  const by = policy === undefined ? '' : ` by ${policy}`;
  return `${verdict} ${kind === 'preflight' ? 'the preflight of ' : ''}${target} from ${origin}${by}: ${reason}${header === undefined ? '' : ` (${header})`}.`;
}

/** An origin as it may stand in a log: a serialized one has neither spaces nor control characters; others are not shown. */
export function shownOrigin(origin: string | undefined): string {
  if (origin === undefined || origin === 'null') {
    return String(origin);
  }
  return parseSerializedOrigin(origin) === undefined ? `a malformed origin of ${origin.length} characters` : origin;
}

/** A method may be any token that a client thinks of: those that HTTP knows are shown. */
function shownMethod(method: string): string {
  return /^[A-Z]{1,20}$/.test(method) ? method : 'a method';
}
