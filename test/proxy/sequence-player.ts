import { setTimeout as delay } from 'node:timers/promises';
import { type Received, send } from '../support/http-client.js';
import type { RevocableOrigins } from './cached.application.js';
import { mayRead, Reading } from './reading.js';
import { OWN, type RequestSequence, REVOCABLE, type SentRequest } from './request-sequences.js';

let sequences = 0;

/** How often each `X-Cache-Status` was seen, by what its answer said. */
export type CacheCounts = Record<string, number>;

/** Sends sequences through a proxy, each to a URL of its own, and throws at the first answer that is wrong. */
export class SequencePlayer {
  readonly counts: CacheCounts = {};

  constructor(
    private readonly proxyPort: number,
    private readonly lookup: RevocableOrigins,
  ) {}

  readonly play = async ({ route, steps }: RequestSequence): Promise<void> => {
    const number = ++sequences;
    const url = `${route.path}?sequence=${number}`;
    const own = `http://127.0.0.1:${this.proxyPort}`;
    const revocable = `https://revocable-${number}.example`;
    const reading = new Reading(route, own);
    const validators = new Map<string | undefined, string>();
    for (const step of steps) {
      if (step.kind === 'allow') {
        this.lookup.allowed.add(revocable);
      } else if (step.kind === 'revoke') {
        this.lookup.allowed.delete(revocable);
      } else if (step.kind === 'expire') {
        // nginx counts whole seconds, and an answer of one second is old when two have begun.
        await delay(2100);
      } else {
        const origin = step.origin === OWN ? own : step.origin === REVOCABLE ? revocable : step.origin;
        if (step.method !== 'OPTIONS') {
          reading.asks(origin, mayRead(route, origin, this.lookup.allowed));
        }
        const received = await send(this.proxyPort, url, sent(step, origin, validators.get(origin)));
        const { etag } = received.headers;
        if (etag !== undefined) {
          validators.set(origin, etag);
        }
        const problem =
          step.method === 'OPTIONS' ? preflightProblem(received) : reading.problem(origin, this.counted(received));
        if (problem !== undefined) {
          const status = `${received.status}, ${String(received.headers['x-cache-status'])}`;
          throw new Error(`${step.method} ${url} from ${origin ?? 'nobody'} got ${problem} (${status})`);
        }
      }
    }
  };

  private counted(received: Received): Received {
    const status = String(received.headers['x-cache-status']);
    const granted = received.headers['access-control-allow-origin'] !== undefined;
    for (const name of [status, `${status} ${granted ? 'granted' : 'not granted'}`]) {
      this.counts[name] = (this.counts[name] ?? 0) + 1;
    }
    return received;
  }
}

function sent(
  { method, headers, condition, origin: from }: SentRequest,
  origin: string | undefined,
  validator: string | undefined,
) {
  const ifNoneMatch = condition === 'any validator' ? '*' : condition && validator;
  return {
    method,
    headers: {
      ...headers,
      // No browser says anything else of a request to its own origin.
      ...(from === OWN && { 'Sec-Fetch-Site': 'same-origin' }),
      ...(origin !== undefined && { Origin: origin }),
      ...(ifNoneMatch !== undefined && { 'If-None-Match': ifNoneMatch }),
      ...(method === 'OPTIONS' && { 'Access-Control-Request-Method': 'GET' }),
    },
  };
}

/** nginx keeps answers to GET and HEAD alone. */
function preflightProblem({ headers }: Received): string | undefined {
  const status = headers['x-cache-status'];
  return status === undefined ? undefined : 'an answer to OPTIONS that came from a cache';
}
