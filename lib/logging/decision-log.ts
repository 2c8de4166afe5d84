import { Logger } from '@nestjs/common';
import { isKnownMethod } from '../fetch/methods.js';
import type { DecisionLogging } from '../policy/module-options.js';
import { CORS_REASONS, type CorsReason, namesInWords, textsOf } from '../decision/reasons.js';
import { type CorsDecisionEvent, type DecisionObserver, namesOf } from './decision-event.js';
import { shownMethod, shownOrigin, shownPath, shownTenant } from './shown.js';
import { printable } from '../support/secrets/printable.js';

/** A line is written once in this time, in milliseconds. */
const INTERVAL = 60_000;
/** The most lines in an interval, which bounds what invented origins, paths, methods and headers write to the disk. */
const MAX_LINES = 500;
/** Further lines, each the first of its kind: a flood of invented values must not hide other decisions. */
const MAX_FIRST_LINES = 500;
const MAX_LINE_LENGTH = 1000;

/** The values of a request as a line shows them: bounded, because a client may send them at any length. */
interface Told {
  readonly method: string;
  /** `undefined` where there is a route. */
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
 * Logs decisions once per route (or path), origin, reason and interval, with a count. A request ends the interval, so there is no
 * timer.
 */
export class DecisionLog implements DecisionObserver {
  /** Keyed by the values that a client chose, so that a request is found without making its line. */
  private lines = new Map<string, Line[]>();
  /** The kinds of the lines, without values that a client can invent. */
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
    const known = lines && lineOf(event, told, lines);
    if (known !== undefined) {
      known.repeated++;
    } else if (this.hasRoomFor(event)) {
      const { kind, granted, reason, route, handler, namespace, policy, entry, unrouted } = event;
      const shared = { kind, granted, reason, route, handler, namespace, policy, entry, unrouted } as Line['event'];
      const line = { method: told.method, event: shared, text: describe(event, told, origin), repeated: 0 };
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

  /** Logs how often the lines of the last interval were repeated. */
  private summarize(): void {
    for (const { text, repeated } of [...this.lines.values()].flat()) {
      if (repeated > 0) {
        this.write('log', `${text} (${repeated} more within a minute)`);
      }
    }
    if (this.unlisted > 0) {
      this.write(
        'warn',
        `${this.unlisted} more CORS decisions within a minute have no line: only ${MAX_LINES} different ones are logged in that time.`,
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

/** The origin alone for most decisions, because few of their lines differ otherwise. */
function chosenByClient(origin: string, { method, path, headers, tenant }: Told): string {
  return path === undefined && headers === undefined && tenant === undefined && isKnownMethod(method)
    ? origin
    : JSON.stringify([origin, method, path, headers, tenant]);
}

/** The line of a decision among those with the same values of the client. */
function lineOf(event: CorsDecisionEvent, told: Told, lines: readonly Line[]): Line | undefined {
  for (const line of lines) {
    if (hasSameLine(line, event, told)) {
      return line;
    }
  }
  return undefined;
}

/** Whether two decisions with the same values of the client have the same line. */
function hasSameLine(line: Line, other: CorsDecisionEvent, told: Told): boolean {
  const { event } = line;
  return (
    event.reason === other.reason &&
    event.kind === other.kind &&
    event.granted === other.granted &&
    event.route === other.route &&
    event.policy === other.policy &&
    event.handler === other.handler &&
    event.namespace === other.namespace &&
    event.entry === other.entry &&
    event.unrouted === other.unrouted &&
    line.method === told.method
  );
}

/** The parts of a line that a client cannot choose. */
function kindOf({ kind, granted, reason, method, route, handler, namespace, policy }: CorsDecisionEvent): string {
  return JSON.stringify([kind, granted, reason, isKnownMethod(method) && method, route, handler, namespace, policy]);
}

function describe(event: CorsDecisionEvent, { method, path, headers, tenant }: Told, origin: string): string {
  const { kind, granted, reason, route, handler, namespace, policy } = event;
  const of = namespace === undefined ? handler : `${handler}, namespace ${namespace}`;
  const verdict = granted === true ? 'Granted' : 'Refused';
  const target = route === undefined ? `${method} on ${placeInWords(event, path)}` : `${method} ${route} (${of})`;
  const forTenant = tenant === undefined ? '' : ` for tenant ${tenant}`;
  const by = policy === undefined ? '' : ` by ${policy}`;
  return `${verdict} ${kind === 'actual' ? '' : `the ${kind} of `}${target} from ${origin}${forTenant}${by}: ${reason}${headers === undefined ? '' : ` (${headers})`}.`;
}

/** Describes the path of a request that Nest does not route. */
function placeInWords({ entry, unrouted, policy, reason }: CorsDecisionEvent, path = ''): string {
  const place = reason === 'method-not-routed' ? 'its routes take other methods' : unrouted && PLACES[unrouted];
  const notes = [
    ...(entry === undefined ? [] : [`under the \`paths\` entry ${entry}`]),
    ...(place === undefined ? [] : [place]),
  ];
  if (notes.length > 0) {
    return `${path} (${notes.join(', ')})`;
  }
  // Without a policy, the request was refused before its path was read.
  return policy === undefined ? path : `a path without a route (${path})`;
}

const PLACES: Readonly<Record<NonNullable<CorsDecisionEvent['unrouted']>, string>> = {
  'other-routes': 'no route takes this method, version and host',
  'foreign-route': 'a route of another library',
  'malformed-url': 'a malformed URL',
};
