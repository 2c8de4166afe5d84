import { connect } from 'node:net';

const CONNECTIONS = 4;
/** Preflights that are sent at once on each connection, before their answers are awaited. */
const AT_ONCE = 50;

/** What came of a flood. */
export interface Flooded {
  /** How many were answered, by status. */
  readonly statuses: ReadonlyMap<string, number>;
  readonly seconds: number;
}

/** Sends so many preflights as fast as they are answered: pipelined, since a client that parses answers costs more than the server. */
export async function flood(port: number, count: number, originOf: (index: number) => string): Promise<Flooded> {
  const statuses = new Map<string, number>();
  const startedAt = performance.now();
  let next = 0;
  const take = (): number[] => {
    const indexes = Array.from({ length: Math.min(AT_ONCE, count - next) }, (_, offset) => next + offset);
    next += indexes.length;
    return indexes;
  };
  await Promise.all(
    Array.from({ length: CONNECTIONS }, () =>
      sendBatches(port, () => take().map((index) => originOf(index)), statuses),
    ),
  );
  return { statuses, seconds: (performance.now() - startedAt) / 1000 };
}

function sendBatches(port: number, take: () => string[], statuses: Map<string, number>): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let awaited = 0;
    let rest = '';
    const send = (): void => {
      const origins = take();
      awaited = origins.length;
      if (awaited === 0) {
        socket.end();
        resolve();
        return;
      }
      socket.write(origins.map(preflight).join(''));
    };
    socket.setEncoding('latin1');
    socket.once('connect', send);
    socket.on('error', reject);
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        // Refusals and grants have no body, so that every line is one of a head.
        if (line.startsWith('HTTP/1.1 ')) {
          const status = line.slice(9, 12);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          awaited--;
        }
      }
      // The head's last line has arrived too.
      if (awaited === 0 && rest === '') {
        send();
      }
    });
  });
}

function preflight(origin: string): string {
  return `OPTIONS /acme/items HTTP/1.1\r\nHost: api.example\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: PUT\r\n\r\n`;
}
