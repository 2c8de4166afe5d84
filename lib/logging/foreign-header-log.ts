import { Logger } from '@nestjs/common';
import { printable } from '../support/secrets/printable.js';
import { shownOrigin, shownPath } from './shown.js';

/** A CORS header that something other than the library wrote, and that the policy replaced or removed. */
export interface ForeignHeader {
  readonly name: string;
  readonly value: string;
  /** `undefined`: removed. */
  readonly replacement: string | undefined;
}

/** Routes that are remembered. What Nest does not route is told apart by its policy, so it takes few of them. */
const MAX_ROUTES = 10_000;

/** What wrote the headers, as far as it is known, and the label of the policy that had the last word. */
export type ForeignWriter = { readonly policy: string } & (
  | {
      /** `GET /orders (OrdersController.list)`. */
      readonly route: string;
    }
  | {
      /** The path of a request that Nest does not route, as it came: hostile input. */
      readonly unrouted: string;
    }
);

/** Warns once per route of CORS headers that something other than the library wrote. */
export class ForeignHeaderLog {
  private readonly warned = new Set<string>();

  constructor(private readonly logger: Pick<Logger, 'warn'> = new Logger('CorsModule')) {}

  report(writer: ForeignWriter, headers: readonly ForeignHeader[]): void {
    const { policy } = writer;
    const key = `${'route' in writer ? writer.route : ''}|${policy}`;
    if (this.warned.has(key) || this.warned.size >= MAX_ROUTES) {
      return;
    }
    this.warned.add(key);
    const written = headers.map(({ name, value }) => `${name}: ${shownValue(name, value)}`).join(', ');
    const sent = headers.map(({ name, replacement }) =>
      replacement === undefined ? `no ${name}` : `${name}: ${shownValue(name, replacement)}`,
    );
    this.logger.warn(
      printable(
        `${nameOf(writer)} would have sent ${written}; under ${policy} the response has ${sent.join(', ')}. ` +
          'Remove these headers where they are written (@Header(), a middleware, a hook, a proxied response). If something ' +
          'below the path does CORS itself, leave the path to it: paths: [{ path, external: true }].',
        1000,
      ),
    );
  }
}

function nameOf(writer: ForeignWriter): string {
  return 'route' in writer ? writer.route : `${shownPath(writer.unrouted)} (not routed by Nest)`;
}

/** A value as it may stand in a log: it may be what a client sent. */
function shownValue(name: string, value: string): string {
  if (name === 'Access-Control-Allow-Origin' && value !== '*') {
    return shownOrigin(value);
  }
  return /^[\w\-, *]{1,200}$/.test(value) ? value : `a value of ${value.length} characters`;
}
