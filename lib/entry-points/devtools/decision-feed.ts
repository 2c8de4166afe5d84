import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { type CorsDecisionEvent, type DecisionObserver, namesOf } from '../../logging/decision-event.js';
import { type CorsReason, textsOf } from '../../decision/reasons.js';

/** Equal decisions, with their count. */
export interface FeedEntry extends CorsDecisionEvent {
  /** Does not change while the entry exists. */
  readonly id: number;
  readonly message: string;
  readonly fix: string;
  readonly count: number;
  /** Time of the latest, in milliseconds since 1970. */
  readonly at: number;
}

/** The first data for a page, newest first. */
export interface FeedSnapshot {
  readonly entries: readonly FeedEntry[];
  /** The number of decisions whose entries were displaced by newer ones. */
  readonly forgotten: number;
  /** Which of several instances this is: the feed has no decisions of the others. */
  readonly instance: string;
}

/** The most entries, so that invented origins take no more memory, and no longer page. */
export const MAX_ENTRIES = 200;
/** As Nest's own log lines and process managers name it. */
const INSTANCE = `process ${process.pid} on ${hostname()}`;
/** The longest string of a request that is stored, in UTF-16 code units. */
const MAX_TEXT = 256;

/** Counts decisions by kind, route, origin and reason, and remembers the newest of them. */
@Injectable()
export class DecisionFeed implements DecisionObserver {
  /** In the order of their latest decision, newest last. */
  private readonly entries = new Map<string, FeedEntry>();
  private readonly listeners = new Set<(entry: FeedEntry) => void>();
  private forgotten = 0;
  private lastId = 0;

  /** No decision is made about a request without `Origin`, and there are many. */
  wants(reason: CorsReason): boolean {
    return reason !== 'no-origin';
  }

  observe(event: CorsDecisionEvent): void {
    const origin = event.origin === undefined ? undefined : shortened(event.origin);
    const path = shortened(event.path);
    const { kind, route, reason } = event;
    // The method is part of the key, because a request may have no route.
    const method = shortened(event.method);
    const tenant = event.tenant === undefined ? {} : { tenant: shortened(event.tenant) };
    const key = JSON.stringify([kind, method, route ?? path, origin, reason, event.policy, event.headers, tenant]);
    const known = this.entries.get(key);
    const { message, fix } = textsOf(reason, ...namesOf(event));
    const entry: FeedEntry = {
      ...event,
      method,
      origin,
      path,
      ...tenant,
      id: known?.id ?? ++this.lastId,
      message,
      fix,
      count: (known?.count ?? 0) + 1,
      at: Date.now(),
    };
    this.entries.delete(key);
    this.entries.set(key, entry);
    this.forgetOldest();
    this.listeners.forEach((listener) => listener(entry));
  }

  snapshot(): FeedSnapshot {
    return { entries: [...this.entries.values()].reverse(), forgotten: this.forgotten, instance: INSTANCE };
  }

  /** Calls `listener` with every entry that is new or counts one more; the result ends it. */
  subscribe(listener: (entry: FeedEntry) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private forgetOldest(): void {
    const [oldest] = this.entries;
    if (oldest !== undefined && this.entries.size > MAX_ENTRIES) {
      const [key, { count }] = oldest;
      this.entries.delete(key);
      this.forgotten += count;
    }
  }
}

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
