import type { Listening, OpenListening } from './listening.js';
import type { PGliteDatabase } from './postgres-clients.js';
import { quotedIdentifier } from './table-name.js';

/** Listens in the process that the database runs in: there is no connection that could be lost. */
export function pgliteListening(database: PGliteDatabase, channel: string): OpenListening {
  const name = quotedIdentifier(channel);
  return async (onPayload, signal): Promise<Listening> => {
    // One of its own: PGlite keeps the listeners of a channel in a set.
    const listener = (payload: string) => {
      if (!signal.aborted) {
        onPayload(payload);
      }
    };
    await database.listen(name, listener);
    const lost = new Promise<unknown>((resolve) => {
      const stop = () => {
        void unlisten(database, name, listener);
        resolve(signal.reason);
      };
      if (signal.aborted) {
        stop();
      } else {
        signal.addEventListener('abort', stop, { once: true });
      }
    });
    return { lost };
  };
}

/** Not by the function that listen() returns: it forgets the quotation marks of the name. */
async function unlisten(database: PGliteDatabase, name: string, listener: (payload: string) => void): Promise<void> {
  try {
    await database.unlisten(name, listener);
  } catch {
    // The database was closed first.
  }
}
