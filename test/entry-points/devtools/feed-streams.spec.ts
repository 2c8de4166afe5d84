import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { DecisionFeed } from '../../../lib/entry-points/devtools/decision-feed.js';
import { FeedStreams } from '../../../lib/entry-points/devtools/feed-streams.js';

/** A reader that takes what it is given, or has the server wait. */
class Reader extends EventEmitter {
  readonly written: string[] = [];
  slow = false;

  writeHead(): this {
    return this;
  }

  setHeader(): void {}

  write(text: string): boolean {
    this.written.push(text);
    return !this.slow;
  }

  end(): void {
    this.emit('close');
  }

  /** Names of the events since the last call. */
  events(): string[] {
    return this.written.splice(0).map((text) => /^event: (\w+)/.exec(text)?.[1] ?? text);
  }
}

describe('FeedStreams', () => {
  let feed: DecisionFeed;
  let streams: FeedStreams;

  beforeEach(() => {
    jest.useFakeTimers();
    feed = new DecisionFeed();
    streams = new FeedStreams(feed);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('decisions within an interval: are sent together', () => {
    const reader = open();
    expect(reader.events()).toEqual(['snapshot']);
    decide('https://a.example');
    decide('https://b.example');
    expect(reader.events()).toEqual([]);
    jest.advanceTimersByTime(1000);
    expect(reader.events()).toEqual(['entries']);
  });

  it('slow reader: is sent nothing more, and a snapshot when it has caught up', () => {
    const reader = open(true);
    expect(reader.events()).toEqual(['snapshot']);
    decide('https://a.example');
    jest.advanceTimersByTime(1000);
    decide('https://b.example');
    jest.advanceTimersByTime(60_000);
    expect(reader.events()).toEqual([]);
    reader.emit('drain');
    expect(reader.written[0]).toContain('https://b.example');
    expect(reader.events()).toEqual(['snapshot']);
    // A snapshot larger than the socket's buffer makes it wait again, and is no reason for another one.
    reader.emit('drain');
    expect(reader.events()).toEqual([]);
  });

  it('quiet feed: sends a comment that keeps it open', () => {
    const reader = open();
    reader.events();
    jest.advanceTimersByTime(25_000);
    expect(reader.events()).toEqual([':\n\n']);
  });

  it('no reader: no timer runs', () => {
    const [first, second] = [open(), open()];
    decide('https://a.example');
    first.emit('close');
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    second.emit('error', new Error('ECONNRESET'));
    expect(jest.getTimerCount()).toBe(0);
    decide('https://b.example');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('shutdown: ends every stream, and opens none afterwards', () => {
    const reader = open();
    const ended = jest.spyOn(reader, 'end');
    streams.onModuleDestroy();
    expect(ended).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
    expect(open().events()).toEqual([]);
  });

  function open(slow = false): Reader {
    const reader = Object.assign(new Reader(), { slow });
    streams.open({ method: 'GET' } as IncomingMessage, reader);
    return reader;
  }

  function decide(origin: string): void {
    feed.observe({
      kind: 'actual',
      granted: false,
      reason: 'origin-not-listed',
      method: 'GET',
      route: '/orders',
      handler: 'OrdersController.list',
      policy: 'module defaults',
      origin,
      path: '/orders',
    });
  }
});
