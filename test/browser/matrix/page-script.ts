import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import type { Call } from './script-call.js';

/** Requests for a script to make, one after the other. */
export interface Order {
  readonly url: string;
  readonly calls: readonly Call[];
}

/** What a script got. */
export interface Seen {
  /** An XHR has none. */
  readonly type?: string;
  readonly status: number;
  readonly redirected?: boolean;
  readonly url: string;
  readonly headerNames: readonly string[];
  readonly body: string;
}

/** What a window has to load into all of its pages and frames. */
export const PAGE_SCRIPT = join(import.meta.dirname, 'page-script.js');

/** What the script of a frame sees of each request; `undefined`: the call threw, or ended in a network error. */
export function makeRequests(frame: Frame, orders: readonly Order[]): Promise<(Seen | undefined)[][]> {
  return frame.evaluate(
    (all) =>
      (globalThis as unknown as { makeRequests(orders: unknown): Promise<(Seen | undefined)[][]> }).makeRequests(all),
    orders as unknown,
  );
}
