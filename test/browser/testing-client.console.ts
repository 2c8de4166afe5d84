import type { ConsoleMessage, Page } from 'playwright-core';
import type { NetworkErrorStep } from '../../lib/entry-points/testing/index.js';

/** What Chromium writes to a page's console for each step; the first that matches counts. */
const SENTENCES: readonly (readonly [RegExp, NetworkErrorStep])[] = [
  [/preflight request doesn't pass access control check: It does not have HTTP ok status/, 'preflight-status'],
  [/preflight request doesn't pass access control check: Redirect is not allowed/, 'preflight-status'],
  [
    /preflight request doesn't pass access control check: .*'Access-Control-Allow-Credentials' header/,
    'preflight-credentials',
  ],
  [/preflight request doesn't pass access control check: .*'Access-Control-Allow-Origin' header/, 'preflight-origin'],
  [/Redirect is not allowed for a preflight request/, 'preflight-status'],
  [/Method \S+ is not allowed by|Cannot parse Access-Control-Allow-Methods/, 'preflight-method'],
  [/Request header field \S+ is not allowed by|Cannot parse Access-Control-Allow-Headers/, 'preflight-header'],
  [/CORS policy: .*'Access-Control-Allow-Credentials' header/, 'cors-check-credentials'],
  [/CORS policy: .*'Access-Control-Allow-Origin' header/, 'cors-check-origin'],
];

/** Longest time that the console stays behind the script, in milliseconds. */
const PATIENCE = 1000;

/** Reads from a page's console why a fetch failed: all that a script gets is `Failed to fetch`. */
export class PageConsole {
  #messages: string[] = [];

  constructor(page: Page) {
    page.on('console', (message: ConsoleMessage) => this.#messages.push(message.text()));
  }

  forget(): void {
    this.#messages = [];
  }

  /** The step that the console names; `undefined` when it says nothing about CORS. */
  async step(): Promise<NetworkErrorStep | undefined> {
    const deadline = Date.now() + PATIENCE;
    while (this.#messages.length === 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const text = this.#messages.find((message) => message.includes('CORS policy'));
    return text === undefined ? undefined : SENTENCES.find(([sentence]) => sentence.test(text))?.[1];
  }
}
