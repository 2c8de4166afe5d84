import type { IncomingMessage } from 'node:http';
import type { HandshakeRefusal } from './handshake-response.js';

/** The query of a polling request, as engine.io reads it. */
export interface Polling {
  /** Whether the answer would be a script. */
  readonly isJsonp: boolean;
  /** The session that it belongs to; empty for a new one. */
  readonly sid: string;
}

/** engine.io throws for such a URL, which would end the process. */
export const MALFORMED: HandshakeRefusal = { status: 400, message: 'The request target is malformed' };

/** Reads the query as engine.io does; `undefined` where that throws. */
export function readPolling({ url = '/' }: Pick<IncomingMessage, 'url'>): Polling | undefined {
  try {
    const { searchParams } = new URL(url, 'https://socket.io');
    return { isJsonp: searchParams.has('j'), sid: searchParams.getAll('sid').at(-1) ?? '' };
  } catch {
    return undefined;
  }
}
