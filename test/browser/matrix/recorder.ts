import type { IncomingMessage, Server } from 'node:http';
import type { Arrival } from '../documented/index.js';

/** The part of a request that this test looks at. */
const RECORDED = [
  'origin',
  'cookie',
  'authorization',
  'content-type',
  'access-control-request-method',
  'access-control-request-headers',
  'sec-fetch-site',
];

type Recording = { -readonly [Field in keyof Arrival]: Arrival[Field] };

/** Requests as they reach a server, by the `n` of their URL. */
export class Recorder {
  private readonly recordings = new Map<string, Recording[]>();
  private readonly ofRequest = new WeakMap<IncomingMessage, Recording>();

  listenTo(server: Server): void {
    server.prependListener('request', (request: IncomingMessage) => {
      const { method = '', headers, url: target = '' } = request;
      const url = `http://${headers.host}${target}`;
      const kept = RECORDED.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]]));
      const preflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
      const recording: Recording = { method, url, preflight, headers: Object.fromEntries(kept), handled: false };
      const n = new URL(url).searchParams.get('n');
      if (n !== null) {
        this.recordings.set(n, [...(this.recordings.get(n) ?? []), recording]);
        this.ofRequest.set(request, recording);
      }
    });
  }

  /** The handler says that it runs. */
  handled(request: IncomingMessage, body: string | undefined): void {
    const recording = this.ofRequest.get(request);
    if (recording !== undefined) {
      recording.handled = true;
      if (body !== undefined) {
        recording.body = body;
      }
    }
  }

  arrivalsOf(n: string): readonly Arrival[] {
    return this.recordings.get(n) ?? [];
  }
}
