import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { DecisionFeed } from './decision-feed.js';
import { COMMON_HEADERS, NO_DOCUMENT, sendJson, takeOver } from './devtools.requests.js';

/** Pages that may watch at a time. */
export const MAX_STREAMS = 20;
/** How long decisions are collected before they are sent together, in milliseconds. */
const INTERVAL = 200;
/** How often a stream without decisions sends a comment to stay open, in milliseconds. */
const HEARTBEAT = 20_000;

/** The connection of one page. */
interface Stream {
  readonly response: ServerResponse;
  /** Whether the page has not yet read the last event. */
  busy: boolean;
  /** Whether an event was left out while the page was busy. It gets a snapshot when it has caught up. */
  missed: boolean;
}

/**
 * Sends the feed to pages as Server-Sent Events: `snapshot` first, then `entries`, each of them newest first. Written on
 * the raw response instead of by `@Sse()`, so that no interceptor of the application wraps the events.
 * @see https://html.spec.whatwg.org/#server-sent-events
 */
@Injectable()
export class FeedStreams implements OnModuleDestroy {
  private readonly streams = new Set<Stream>();
  /** Ids of the entries that changed since the last sending. */
  private readonly changed = new Set<number>();
  private unsubscribe: (() => void) | undefined;
  private flushing: NodeJS.Timeout | undefined;
  private heartbeat: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(@Inject(DecisionFeed) private readonly feed: DecisionFeed) {}

  open(request: IncomingMessage, nestResponse: unknown): void {
    if (this.closed || this.streams.size >= MAX_STREAMS) {
      sendJson(nestResponse, { statusCode: 503, message: `At most ${MAX_STREAMS} pages can watch at a time.` }, 503);
      return;
    }
    const response = takeOver(nestResponse);
    response.writeHead(200, {
      ...COMMON_HEADERS,
      'Content-Security-Policy': NO_DOCUMENT,
      'Content-Type': 'text/event-stream',
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const stream: Stream = { response, busy: false, missed: false };
    response.on('close', () => this.remove(stream));
    response.on('drain', () => this.catchUp(stream));
    // Without a listener, the 'error' event of a broken connection would end the process.
    response.on('error', () => this.remove(stream));
    this.streams.add(stream);
    this.start();
    this.write(stream, event('snapshot', this.feed.snapshot()));
  }

  /** Nest closes the server after this, and would wait for the streams. */
  onModuleDestroy(): void {
    this.closed = true;
    for (const stream of this.streams) {
      stream.response.end();
      this.remove(stream);
    }
  }

  private start(): void {
    this.unsubscribe ??= this.feed.subscribe(({ id }) => {
      this.changed.add(id);
      this.flushing ??= setTimeout(() => this.flush(), INTERVAL).unref();
    });
    this.heartbeat ??= setInterval(
      () => this.streams.forEach((stream) => this.write(stream, ':\n\n')),
      HEARTBEAT,
    ).unref();
  }

  private remove(stream: Stream): void {
    this.streams.delete(stream);
    if (this.streams.size === 0) {
      this.unsubscribe?.();
      clearTimeout(this.flushing);
      clearInterval(this.heartbeat);
      this.unsubscribe = this.flushing = this.heartbeat = undefined;
      this.changed.clear();
    }
  }

  private flush(): void {
    this.flushing = undefined;
    const { entries, forgotten } = this.feed.snapshot();
    const text = event('entries', { entries: entries.filter(({ id }) => this.changed.has(id)), forgotten });
    this.changed.clear();
    this.streams.forEach((stream) => this.write(stream, text));
  }

  private catchUp(stream: Stream): void {
    stream.busy = false;
    if (stream.missed) {
      stream.missed = false;
      this.write(stream, event('snapshot', this.feed.snapshot()));
    }
  }

  private write(stream: Stream, text: string): void {
    if (stream.busy) {
      stream.missed = true;
    } else {
      stream.busy = !stream.response.write(text);
    }
  }
}

/** JSON.stringify() writes no line breaks, so one `data` line is enough. */
function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
