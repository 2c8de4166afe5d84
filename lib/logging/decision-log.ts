import { Logger } from '@nestjs/common';
import type { DecisionLogging } from '../policy/module-options.js';
import { isKnownMethod } from '../fetch/known-methods.js';
import { CORS_REASONS, type CorsReason, namesInWords, textsOf } from '../decision/reasons.js';
import { type CorsDecisionEvent, type DecisionObserver, namesOf } from './decision-event.js';
import { shownMethod, shownOrigin, shownPath, shownTenant } from './shown.js';
import { printable } from '../support/secrets/printable.js';

/** How long a line stands for those that say the same, in milliseconds. */
const INTERVAL = 60_000;
/** Lines that are told apart within an interval. Invented origins, paths, methods and headers get no more onto the disk. */
const MAX_LINES = 500;
/** Lines beyond these, each the first of its kind: a flood of invented values must not hide what happens elsewhere. */
const MAX_FIRST_LINES = 500;
const MAX_LINE_LENGTH = 1000;

/** What a line says of a request: as it is shown, since a client may have made the values as long as it likes. */
interface Told {
  readonly method: string;
  /** `undefined` where the route stands for it. */
  readonly path: string | undefined;
  readonly headers: string | undefined;
  readonly tenant: string | undefined;
}

interface Line extends Pick<Told, 'method'> {
  readonly event: Omit<CorsDecisionEvent, keyof Told | 'origin' | 'header'>;
  readonly text: string;
  repeated: number;
}

/**
 * Logs decisions once per route, origin, reason and interval, with a count; a path stands for the route where there is none.
 * The intervals are those of the requests: an application without requests has no timer running for its log.
 */
export class DecisionLog implements DecisionObserver {
  /** By what a client chose: the text of a line would have to be made for each request, and a flood searched for it. */
  private lines = new Map<string, Line[]>();
  /** Of what kind the lines are, without what a client can invent: as many as there are routes, policies and reasons. */
  private kinds = new Set<string>();
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
    const told = tell(event);
    const chosen = chosenByClient(origin, told);
    const lines = this.lines.get(chosen);
    const known = lines?.find((line) => saysTheSame(line, event, told));
    if (known !== undefined) {
      known.repeated++;
    } else if (this.hasRoomFor(event)) {
      const { kind, granted, reason, route, handler, policy, entry, unrouted } = event;
      const kept = { kind, granted, reason, route, handler, policy, entry, unrouted } as Line['event'];
      const line = { method: told.method, event: kept, text: describe(event, told, origin), repeated: 0 };
      this.listed++;
      this.lines.set(chosen, [...(lines ?? []), line]);
      this.write(
        event.granted === true ? 'log' : 'warn',
        `${line.text} ${textsOf(event.reason, ...namesOf(event)).fix}`,
      );
    } else {
      this.unlisted++;
    }
  }

  private hasRoomFor(event: CorsDecisionEvent): boolean {
    const kind = kindOf(event);
    const isFirst = !this.kinds.has(kind);
    if (this.listed >= (isFirst ? MAX_LINES + MAX_FIRST_LINES : MAX_LINES)) {
      return false;
    }
    this.kinds.add(kind);
    return true;
  }

  /** Says how often each line of the interval that has passed would have been written again. */
  private summarize(): void {
    for (const { text, repeated } of [...this.lines.values()].flat()) {
      if (repeated > 0) {
        this.write('log', `${text} (${repeated} more within a minute)`);
      }
    }
    if (this.unlisted > 0) {
      this.write(
        'warn',
        `${this.unlisted} more CORS decisions within a minute, of which only the first ${MAX_LINES} are told apart.`,
      );
    }
    this.lines = new Map();
    this.kinds = new Set();
    this.listed = 0;
    this.unlisted = 0;
  }

  private write(level: 'log' | 'warn', text: string): void {
    this.logger[level](printable(text, MAX_LINE_LENGTH));
  }
}

function tell({ method, route, path, headers, header, tenant }: CorsDecisionEvent): Told {
  return {
    method: shownMethod(method),
    path: route === undefined ? shownPath(path) : undefined,
    headers: headers === undefined ? header : namesInWords(headers),
    tenant: tenant === undefined ? undefined : shownTenant(tenant),
  };
}

/** The origin alone for most decisions: lines that differ otherwise are few. */
function chosenByClient(origin: string, { method, path, headers, tenant }: Told): string {
  return path === undefined && headers === undefined && tenant === undefined && isKnownMethod(method)
    ? origin
    : JSON.stringify([origin, method, path, headers, tenant]);
}

/** Whether two decisions of the same client's choice are told in the same words. */
function saysTheSame(line: Line, other: CorsDecisionEvent, told: Told): boolean {
  const { event } = line;
  return (
    event.reason === other.reason &&
    event.kind === other.kind &&
    event.granted === other.granted &&
    event.route === other.route &&
    event.policy === other.policy &&
    event.handler === other.handler &&
    event.entry === other.entry &&
    event.unrouted === other.unrouted &&
    line.method === told.method
  );
}

/** What a line says but for the client's choice of values. */
function kindOf({ kind, granted, reason, method, route, handler, policy }: CorsDecisionEvent): string {
  return JSON.stringify([kind, granted, reason, isKnownMethod(method) && method, route, handler, policy]);
}

function describe(event: CorsDecisionEvent, { method, path, headers, tenant }: Told, origin: string): string {
  const { kind, granted, reason, route, handler, policy } = event;
  const verdict = granted === true ? 'Granted' : 'Refused';
  const target = route === undefined ? `${method} on ${placeInWords(event, path)}` : `${method} ${route} (${handler})`;
  const asked = tenant === undefined ? '' : ` for tenant ${tenant}`;
  const by = policy === undefined ? '' : ` by ${policy}`;
  return `${verdict} ${kind === 'preflight' ? 'the preflight of ' : ''}${target} from ${origin}${asked}${by}: ${reason}${headers === undefined ? '' : ` (${headers})`}.`;
}

/** What is at the path of a request that Nest does not route, as far as it was looked at. */
function placeInWords({ entry, unrouted, policy, reason }: CorsDecisionEvent, path = ''): string {
  const place = reason === 'method-not-routed' ? 'its routes take other methods' : unrouted && PLACES[unrouted];
  const notes = [
    ...(entry === undefined ? [] : [`under the \`paths\` entry ${entry}`]),
    ...(place === undefined ? [] : [place]),
  ];
  if (notes.length > 0) {
    return `${path} (${notes.join(', ')})`;
  }
  // Without a policy the request was refused before its path was looked at.
  return policy === undefined ? path : `a path without a route (${path})`;
}

const PLACES: Readonly<Record<NonNullable<CorsDecisionEvent['unrouted']>, string>> = {
  'other-routes': 'no route takes this method, version and host',
  'foreign-route': 'a route of another library',
  'malformed-url': 'a malformed URL',
};
