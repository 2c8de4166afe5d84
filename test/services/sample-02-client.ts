import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export interface Sent {
  method?: string;
  /** Host name to ask for; the connection goes to localhost whatever it is. Default: `localhost`. */
  host?: string;
  origin?: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

export interface Answered {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  /** The parsed body; `undefined` when there is none. */
  body: unknown;
}

/** Sends one request; `fetch` would have to resolve `acme.localhost`, which not every system does. */
export async function send(
  url: string,
  { method = 'GET', host = 'localhost', origin, ...rest }: Sent = {},
): Promise<Answered> {
  const outgoing = request(url, {
    method,
    agent: false,
    headers: {
      Host: `${host}:${new URL(url).port}`,
      ...(origin !== undefined && { Origin: origin }),
      ...(rest.body !== undefined && { 'Content-Type': 'application/json' }),
      ...rest.headers,
    },
  });
  outgoing.end(rest.body === undefined ? undefined : JSON.stringify(rest.body));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const content = await text(response);
  return {
    status: response.statusCode,
    headers: response.headers,
    body: content === '' ? undefined : (JSON.parse(content) as unknown),
  };
}

/** Repeats an expectation until it holds; rejects with what it said last when it does not within half the cache's `ttl`. */
export async function eventually(expectation: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
      await delay(50);
    }
  }
}
