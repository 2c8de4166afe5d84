import type { Frame, Page } from 'playwright-core';
import type { Told } from './routes.js';

/** What a script asks for, as `fetch()` takes it. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly credentials?: 'omit' | 'same-origin' | 'include';
  readonly mode?: 'cors' | 'no-cors';
  readonly referrer?: string;
  readonly referrerPolicy?: 'no-referrer' | '' | 'origin' | 'origin-when-cross-origin' | 'unsafe-url';
  readonly keepalive?: boolean;
}

/** What the script got. */
export interface Outcome {
  readonly readable: boolean;
  readonly type: string;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a script knows of a response that it may not read. */
export const UNREADABLE: Outcome = {
  readable: false,
  type: 'error',
  status: 0,
  statusText: '',
  headers: {},
  body: '',
};

/** Has a script of this document call `fetch()`. */
export function fetchFrom(document: Page | Frame, url: string, asked: Asked = {}): Promise<Outcome> {
  return document.evaluate(
    async ([address, init, unreadable]) => {
      try {
        const response = await fetch(address, init);
        const { type, status, statusText } = response;
        const body = await response.text();
        return { readable: true, type, status, statusText, headers: Object.fromEntries(response.headers), body };
      } catch {
        return unreadable;
      }
    },
    [url, asked, UNREADABLE] as const,
  );
}

/** Has a script of this document send an `XMLHttpRequest`. */
export function sendFrom(
  document: Page | Frame,
  url: string,
  { withCredentials = false, ...asked }: Asked & { readonly withCredentials?: boolean } = {},
): Promise<Outcome> {
  return document.evaluate(
    ([address, { method = 'GET', headers = {}, body = null }, credentials, unreadable]) =>
      new Promise<typeof unreadable>((resolve) => {
        const client = new XMLHttpRequest();
        client.open(method, address);
        client.withCredentials = credentials;
        Object.entries(headers).forEach(([name, value]) => client.setRequestHeader(name, value));
        client.addEventListener('error', () =>
          resolve({ ...unreadable, status: client.status, body: client.response }),
        );
        client.addEventListener('load', () => {
          const lines = client.getAllResponseHeaders().trim().split('\r\n');
          resolve({
            readable: true,
            type: 'cors',
            status: client.status,
            statusText: client.statusText,
            headers: Object.fromEntries(lines.map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string])),
            body: client.response,
          });
        });
        client.send(body);
      }),
    [url, asked, withCredentials, UNREADABLE] as const,
  );
}

/** What the handler said of the request, when the script could read that. */
export function told({ readable, body }: Outcome): Told {
  if (!readable) {
    throw new Error('The script was not allowed to read the response');
  }
  return JSON.parse(body) as Told;
}

/** Adds an iframe to a page and waits until its document is there. */
export async function addFrame(page: Page, source: string, sandbox?: string): Promise<Frame> {
  const element = await page.evaluateHandle(
    ([src, allowed]) =>
      new Promise<HTMLIFrameElement>((resolve) => {
        const frame = document.createElement('iframe');
        if (allowed !== undefined) {
          frame.setAttribute('sandbox', allowed);
        }
        frame.addEventListener('load', () => resolve(frame));
        frame.src = src;
        document.body.append(frame);
      }),
    [source, sandbox] as const,
  );
  const frame = await element.contentFrame();
  if (frame === null) {
    throw new Error(`No frame for ${source}`);
  }
  return frame;
}
