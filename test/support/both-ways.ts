import { createServer, type IncomingMessage, type RequestListener, Server } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { sendRaw } from './http-client.js';
import { close, listen, portOf } from './listening.js';

/** Answers may depend on what happens between two of them: a budget, a cache. They do not differ each time then. */
const ATTEMPTS = 4;
/** Lookups that never answer would take longer than a test may. In milliseconds, of one application. */
const LONGEST = 2000;

/**
 * Compares the two ways on which preflights are answered: in front of the framework, and in the adapter's hook. Every preflight
 * that the application has received is sent again on both of them, and the answers have to be equal, byte for byte.
 */
export class BothWays {
  private readonly preflights = new Set<string>();

  private readonly recorder = (request: IncomingMessage) => this.record(request);

  constructor(private readonly app: INestApplication) {
    const server: unknown = app.getHttpServer();
    if (server instanceof Server) {
      server.prependListener('request', this.recorder);
    }
  }

  /** Call it when nothing depends any more on what the application has seen. */
  async compare(): Promise<void> {
    const server = this.app.getHttpServer() as Server;
    const framework = frameworkOf(this.app);
    // engine.io answers on the server alone.
    if (this.preflights.size === 0 || !server.listening || !server.listeners('request').includes(framework)) {
      return;
    }
    // Prepared answers are given to Node.js as a whole where nothing listens that may read headers from them.
    server.removeListener('request', this.recorder);
    const hookServer = createServer(framework);
    const ports = [portOf(this.app), await listen(hookServer)] as const;
    try {
      const end = Date.now() + LONGEST;
      for (const preflight of this.preflights) {
        await compareAnswers(preflight, ports, end);
      }
    } finally {
      await close(hookServer);
    }
  }

  private record({ method, url, headers, rawHeaders }: IncomingMessage): void {
    if (
      method !== 'OPTIONS' ||
      headers.origin === undefined ||
      headers['access-control-request-method'] === undefined
    ) {
      return;
    }
    let text = `OPTIONS ${url} HTTP/1.1\r\n`;
    for (let i = 0; i < rawHeaders.length; i += 2) {
      // A body is not sent again.
      if (!/^(?:connection|content-length|transfer-encoding|expect)$/i.test(rawHeaders[i]!)) {
        text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`;
      }
    }
    this.preflights.add(`${text}Connection: close\r\n\r\n`);
  }
}

/** The framework's own listener, as Fastify gives it to the further servers of `listen('localhost')`. */
export function frameworkOf(app: INestApplication): RequestListener {
  const instance = app.getHttpAdapter().getInstance() as RequestListener & { readonly routing?: RequestListener };
  return instance.routing ?? instance;
}

async function compareAnswers(
  preflight: string,
  [server, hook]: readonly [number, number],
  end: number,
): Promise<void> {
  let answers: readonly (string | undefined)[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    answers = [await answerOf(server, preflight, end), await answerOf(hook, preflight, end)];
    if (answers.includes(undefined) || answers[0] === answers[1]) {
      return;
    }
  }
  throw new Error(
    `A preflight has two answers.\n\n${preflight}At the server:\n${answers[0]}\n\nIn the hook:\n${answers[1]}`,
  );
}

/** The answer, but for the date; `undefined` when it does not come in time. */
async function answerOf(port: number, preflight: string, end: number): Promise<string | undefined> {
  const left = end - Date.now();
  const isLate = new AbortController();
  const answer =
    left <= 0
      ? undefined
      : await Promise.race([
          sendRaw(port, preflight),
          setTimeout(left, undefined, { signal: isLate.signal }).catch(() => undefined),
        ]);
  isLate.abort();
  return answer?.replace(/^Date: .*\r\n/m, '');
}
