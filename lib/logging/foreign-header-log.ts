import { Logger } from '@nestjs/common';
import { LogThrottle } from '../support/log-throttle.js';
import { printable } from '../support/secrets/printable.js';
import { shownOrigin, shownPath } from './shown.js';

/** A CORS header of other code that the policy replaced or removed. */
export interface ForeignHeader {
  readonly name: string;
  readonly value: string;
  /** `undefined`: removed. */
  readonly replacement: string | undefined;
}

/** The most routes that are distinguished. Paths without a route count once per policy. */
const MAX_ROUTES = 10_000;

/** The route whose headers were written, as far as it is known, and the label of its policy. */
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

/** Warns once per route of CORS headers that other code wrote. */
export class ForeignHeaderLog {
  private readonly throttle = new LogThrottle(MAX_ROUTES, 'suppress', Infinity);

  constructor(private readonly logger: Pick<Logger, 'warn'> = new Logger('CorsModule')) {}

  report(writer: ForeignWriter, headers: readonly ForeignHeader[]): void {
    const { policy } = writer;
    const key = `${'route' in writer ? writer.route : ''}|${policy}`;
    if (this.throttle.pass(key) === undefined) {
      return;
    }
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

/** A value as a log may show it: a client may have sent it. */
function shownValue(name: string, value: string): string {
  if (name === 'Access-Control-Allow-Origin' && value !== '*') {
    return shownOrigin(value);
  }
  return /^[\w\-, *]{1,200}$/.test(value) ? value : `a value of ${value.length} characters`;
}
