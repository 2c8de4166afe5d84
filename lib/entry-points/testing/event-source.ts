import type { FetchRequest } from './fetch-request.js';
import { type BrowserState, Fetching } from './fetching.js';
import { headerValue } from './header-list.js';
import { Inbox } from './inbox.js';
import { FetchFailure, type NetworkErrorStep } from './network-error.js';
import { isMixedContent } from './site.js';
import type { Exchange } from './wire.js';

/** An event of an `EventSource`. */
export interface BrowserEvent {
  /** The type that a script listens for. Default: `'message'`. */
  readonly type: string;
  readonly data: string;
  readonly lastEventId: string;
}

/** An open `EventSource`: the `open` event in a browser. */
export interface BrowserEventSource {
  readonly kind: 'open';
  /** Final URL. */
  readonly url: string;
  /** The events so far. */
  readonly events: readonly BrowserEvent[];
  /** Everything that was sent, in order. */
  readonly exchanges: readonly Exchange[];
  /** Resolves when the response has ended, which would make a browser connect again. */
  readonly closed: Promise<void>;
  /** The next event that no earlier call has returned. Rejects when the response ends without another one. */
  nextEvent(): Promise<BrowserEvent>;
  close(): void;
}

/** No `EventSource`: the `error` event in a browser, with `readyState` 2, after which it does not connect again. */
export interface BrowserEventSourceFailure {
  readonly kind: 'failed';
  /**
   * What has ended it: the browser itself (`mixed-content`), a status that is not 200 (`status`), another type than
   * `text/event-stream` (`content-type`), or a step of the fetch.
   */
  readonly step: 'mixed-content' | 'status' | 'content-type' | NetworkErrorStep;
  /** The reason, much as the browser's console words it. */
  readonly message: string;
  readonly exchanges: readonly Exchange[];
}

/** How the opening of an `EventSource` ended. */
export type EventSourceResult = BrowserEventSource | BrowserEventSourceFailure;

/**
 * Opens an `EventSource` as a script of the page does. It does not connect again, so that a test sees how each response ends.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#dom-eventsource
 */
export async function openEventSource(
  origin: string,
  url: URL,
  withCredentials: boolean,
  state: BrowserState,
): Promise<EventSourceResult> {
  const abort = new AbortController();
  const fetching = new Fetching({ ...state, signal: AbortSignal.any([state.signal, abort.signal]) });
  const fail = (step: BrowserEventSourceFailure['step'], message: string): BrowserEventSourceFailure => {
    abort.abort();
    return { kind: 'failed', step, message, exchanges: fetching.exchanges };
  };
  if (isMixedContent(origin, url)) {
    return fail('mixed-content', `'${url.href}' is insecure, and the page of '${origin}' is not.`);
  }
  const request: FetchRequest = {
    origin,
    urls: [url],
    method: 'GET',
    headers: [['Accept', 'text/event-stream']],
    body: undefined,
    mode: 'cors',
    credentials: withCredentials ? 'include' : 'same-origin',
    redirect: 'follow',
    tainting: 'basic',
  };
  try {
    const { response, request: last } = await fetching.run(request);
    const type = headerValue(response.headers, 'content-type') ?? '';
    const path = last.urls.at(-1)?.href ?? url.href;
    if (response.status !== 200) {
      return fail('status', `EventSource's response has the status ${response.status}, which is not 200.`);
    }
    if (!/^text\/event-stream\s*(?:;|$)/i.test(type)) {
      return fail(
        'content-type',
        `EventSource's response has a MIME type ("${type}") that is not "text/event-stream".`,
      );
    }
    const inbox = new Inbox<BrowserEvent>();
    const stream = new EventReader((event) => inbox.add(event));
    response.read((chunk) => stream.read(chunk));
    const closed = response.body.then(
      () => undefined,
      () => undefined,
    );
    void closed.then(() => inbox.close('The response has ended'));
    return {
      kind: 'open',
      url: path,
      events: inbox.received,
      exchanges: fetching.exchanges,
      closed,
      nextEvent: () => inbox.next(),
      close: () => abort.abort(),
    };
  } catch (error) {
    if (error instanceof FetchFailure) {
      return fail(error.step, error.message);
    }
    throw error;
  }
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
class EventReader {
  private readonly decoder = new TextDecoder();
  private pending = '';
  private type = '';
  private data: string[] = [];
  private lastEventId = '';

  constructor(private readonly onEvent: (event: BrowserEvent) => void) {}

  read(chunk: Buffer): void {
    // A CR at the end may be half of a CRLF.
    const text = this.pending + this.decoder.decode(chunk, { stream: true });
    const lines = text.split(/\r\n|\n|\r(?!$)/);
    this.pending = lines.pop() ?? '';
    lines.forEach((line) => this.readLine(line));
  }

  private readLine(line: string): void {
    if (line === '') {
      this.dispatch();
      return;
    }
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') {
      this.type = value;
    } else if (field === 'data') {
      this.data.push(value);
    } else if (field === 'id' && !value.includes('\0')) {
      this.lastEventId = value;
    }
  }

  private dispatch(): void {
    const data = this.data.splice(0);
    if (data.length > 0) {
      this.onEvent({ type: this.type || 'message', data: data.join('\n'), lastEventId: this.lastEventId });
    }
    this.type = '';
  }
}
