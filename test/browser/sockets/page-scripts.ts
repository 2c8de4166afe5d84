/// <reference lib="dom" />
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { io as connect } from 'socket.io-client';
import type { DrivenPage } from '../firefox/driven-browser.js';

/** What a page has read by a transport. */
export type Outcome = { readonly read: string; readonly transport?: string } | 'refused';

/** Gives a page the client of socket.io, as a script of it. */
export async function loadSocketIo(page: DrivenPage): Promise<void> {
  const client = await readFile(fileURLToPath(import.meta.resolve('socket.io-client/dist/socket.io.js')), 'utf8');
  await page.evaluate((source) => {
    const script = document.createElement('script');
    script.textContent = source;
    document.head.append(script);
  }, client);
}

export interface SocketIoWay {
  readonly url: string;
  readonly transports: readonly ('polling' | 'websocket')[];
  readonly withCredentials: boolean;
}

/** Connects by socket.io, and waits for the upgrade where there is one. Runs in a page. */
export function bySocketIo({ url, transports, withCredentials }: SocketIoWay): Promise<Outcome> {
  const { io } = globalThis as unknown as { io: typeof connect };
  const socket = io(url, { transports: [...transports], withCredentials, reconnection: false, forceNew: true });
  return new Promise<Outcome>((resolve) => {
    socket.on('connect_error', () => resolve('refused'));
    socket.on('secret', (read: string) => {
      const { engine } = socket.io;
      const done = (): void => resolve({ read, transport: engine.transport.name });
      if (engine.transport.name === transports.at(-1)) {
        done();
      } else {
        engine.on('upgrade', done);
      }
    });
  }).finally(() => socket.disconnect());
}

/** Connects by a WebSocket. Runs in a page. */
export function byWebSocket(url: string): Promise<Outcome> {
  const socket = new WebSocket(url.replace('http:', 'ws:'));
  return new Promise<Outcome>((resolve) => {
    socket.addEventListener('error', () => resolve('refused'));
    socket.addEventListener('message', ({ data }) => resolve({ read: data as string }));
  }).finally(() => socket.close());
}

/** Connects by a WebSocket from a sandboxed frame, whose origin is `null`. Runs in a page. */
export function bySandboxedWebSocket(url: string): Promise<Outcome> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.srcdoc = `<script>
    const socket = new WebSocket(${JSON.stringify(url.replace('http:', 'ws:'))});
    socket.onerror = () => parent.postMessage('refused', '*');
    socket.onmessage = ({ data }) => parent.postMessage({ read: data }, '*');
  </script>`;
  return new Promise<Outcome>((resolve) => {
    addEventListener('message', ({ data }) => resolve(data as Outcome), { once: true });
    document.body.append(frame);
  }).finally(() => frame.remove());
}

/** Listens to an event stream. Runs in a page. */
export function byEventSource({ url, withCredentials }: { url: string; withCredentials: boolean }): Promise<Outcome> {
  const source = new EventSource(`${url}/events`, { withCredentials });
  return new Promise<Outcome>((resolve) => {
    source.addEventListener('error', () => resolve('refused'));
    source.addEventListener('message', ({ data }) => resolve({ read: data as string }));
  }).finally(() => source.close());
}

/**
 * Reads what a gateway tells a visitor, with scripts alone: no preflight, no `Origin`, and the visitor's cookie. Returns all
 * packets that came. Runs in a page.
 * @param revision of the protocol of engine.io
 */
export async function byJsonp({ url, revision }: { url: string; revision: 3 | 4 }): Promise<string> {
  const packets: string[] = [];
  Object.assign(globalThis, { ___eio: [(packet: string) => void packets.push(packet)] });
  const endpoint = `${url}/socket.io/?EIO=${revision}&transport=polling&j=0`;
  const loadScript = (query: string): Promise<unknown> =>
    new Promise((resolve) => {
      const script = document.createElement('script');
      script.addEventListener('load', resolve);
      script.addEventListener('error', resolve);
      script.src = `${endpoint}${query}&t=${Math.random()}`;
      document.head.append(script);
    });
  await loadScript('');
  const sid = /"sid":"([^"]+)"/.exec(packets.join())?.[1];
  if (sid === undefined) {
    return packets.join('\n');
  }
  if (revision === 4) {
    // Joins the namespace. Clients of the older revision have joined already.
    await fetch(`${endpoint}&sid=${sid}`, {
      method: 'POST',
      mode: 'no-cors',
      credentials: 'include',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'd=40',
    });
  }
  for (let polls = 0; polls < 3 && !packets.join().includes('secret'); polls++) {
    await loadScript(`&sid=${sid}`);
  }
  return packets.join('\n');
}
